"""An order as it comes, whether or not it keeps the rules."""

from typing import Any

from msgspec import Struct

# Where an event may break the schema's rules on presence and type, the field is Any.


class Customer(Struct):
    name: str
    country: str
    tier: str
    id: Any = None


class Item(Struct):
    sku: str
    title: str
    qty: Any
    price: Any
    tags: Any = None


class Order(Struct):
    type: str
    customer: Customer
    items: list[Item]
    id: Any = None
    occurred_at: Any = None
    amount: Any = None
    shipping: Any = None
    note: Any = None
