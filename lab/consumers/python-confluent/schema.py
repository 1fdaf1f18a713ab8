"""The rules an order has to keep."""

from datetime import datetime, timedelta
from typing import Annotated, Literal

from msgspec import Meta, Struct

NO_OFFSET = timedelta(0)

Line = Annotated[str, Meta(min_length=1, max_length=80)]
Tag = Annotated[str, Meta(min_length=1, max_length=16)]


class Customer(Struct):
    id: Annotated[int, Meta(ge=1, le=10_000_000)]
    name: Annotated[str, Meta(min_length=1, max_length=100)]
    country: Annotated[str, Meta(pattern=r"^[A-Z]{2}\Z")]
    tier: Literal["bronze", "silver", "gold", "platinum"]


class Item(Struct):
    sku: Annotated[str, Meta(pattern=r"^[A-Z]{2}-[0-9]{3}\Z")]
    title: Line
    qty: Annotated[int, Meta(ge=1, le=99)]
    price: Annotated[float, Meta(gt=0, le=10_000)]
    tags: Annotated[list[Tag], Meta(max_length=5)] | None = None


class Shipping(Struct):
    street: Line
    city: Line
    zip: Line


class Order(Struct):
    id: Annotated[str, Meta(pattern=r"^[0-9a-f]{16}\Z")]
    type: Literal["order.created", "order.paid", "order.shipped", "order.cancelled"]
    occurred_at: Annotated[datetime, Meta(tz=True)]
    customer: Customer
    amount: Annotated[float, Meta(gt=0, le=1_000_000)]
    items: Annotated[list[Item], Meta(min_length=1, max_length=200)]
    note: Annotated[str, Meta(max_length=20_000)]
    shipping: Shipping | None = None

    def __post_init__(self) -> None:
        time = self.occurred_at
        if time.utcoffset() != NO_OFFSET or not 2000 <= time.year <= 2100:
            raise ValueError("not a time in UTC of the years 2000 to 2100")
