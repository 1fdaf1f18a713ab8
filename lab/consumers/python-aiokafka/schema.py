"""The rules an order has to keep."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from pydantic import AfterValidator, BaseModel, ConfigDict, Field

NO_OFFSET = timedelta(0)


def _utc_time(text: str) -> str:
    time = datetime.fromisoformat(text)
    if time.utcoffset() != NO_OFFSET or not 2000 <= time.year <= 2100:
        raise ValueError("not a time in UTC of the years 2000 to 2100")
    return text


# The pattern comes first because fromisoformat reads more than RFC 3339, such as weeks.
Time = Annotated[
    str,
    Field(pattern=r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]+)?(Z|z|[+-]00:00)$"),
    AfterValidator(_utc_time),
]
Line = Annotated[str, Field(min_length=1, max_length=80)]
Tag = Annotated[str, Field(min_length=1, max_length=16)]


class Rules(BaseModel):
    model_config = ConfigDict(strict=True)


class Customer(Rules):
    id: Annotated[int, Field(ge=1, le=10_000_000)]
    name: Annotated[str, Field(min_length=1, max_length=100)]
    country: Annotated[str, Field(pattern=r"^[A-Z]{2}$")]
    tier: Literal["bronze", "silver", "gold", "platinum"]


class Item(Rules):
    sku: Annotated[str, Field(pattern=r"^[A-Z]{2}-[0-9]{3}$")]
    title: Line
    qty: Annotated[int, Field(ge=1, le=99)]
    price: Annotated[float, Field(gt=0, le=10_000)]
    tags: Annotated[list[Tag], Field(max_length=5)] | None = None


class Shipping(Rules):
    street: Line
    city: Line
    zip: Line


class Order(Rules):
    id: Annotated[str, Field(pattern=r"^[0-9a-f]{16}$")]
    type: Literal["order.created", "order.paid", "order.shipped", "order.cancelled"]
    occurred_at: Time
    customer: Customer
    amount: Annotated[float, Field(gt=0, le=1_000_000)]
    items: Annotated[list[Item], Field(min_length=1, max_length=200)]
    shipping: Shipping | None = None
    note: Annotated[str, Field(max_length=20_000)]
