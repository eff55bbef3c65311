"""Routes of items: they decode requests, ask the endpoint and encode the answer."""

from datetime import datetime
from typing import Annotated, Any

from fastapi import FastAPI, Path, Response
from pydantic import AliasGenerator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel

from ..endpoint.items import ItemEndpoints
from ..service.items import Draft


def add_item_routes(app: FastAPI, endpoints: ItemEndpoints) -> None:
    @app.post("/v1/items", status_code=201)
    async def create_item(body: DraftBody, response: Response) -> ItemBody:
        item = await endpoints.create_item(Draft(body.name, body.quantity))
        response.headers["location"] = f"/v1/items/{item.id}"
        return ItemBody.model_validate(item)

    @app.get("/v1/items")
    async def list_items() -> ItemsBody:
        items = await endpoints.list_items()
        return ItemsBody(items=[ItemBody.model_validate(item) for item in items])

    @app.get("/v1/items/{id}")
    async def get_item(item_id: Annotated[str, Path(alias="id")]) -> ItemBody:
        return ItemBody.model_validate(await endpoints.get_item(item_id))


def _whole(value: Any) -> Any:
    """JSON has one kind of number: 2.0 is the integer 2."""
    return int(value) if isinstance(value, float) and value.is_integer() else value


class DraftBody(BaseModel):
    model_config = ConfigDict(extra="forbid", strict=True)

    name: Annotated[str, Field(min_length=1, max_length=100)]
    quantity: Annotated[int, Field(ge=1, le=1000), BeforeValidator(_whole)]


class ItemBody(BaseModel):
    model_config = ConfigDict(
        alias_generator=AliasGenerator(serialization_alias=to_camel), from_attributes=True
    )

    id: str
    name: str
    quantity: int
    created_at: datetime
    recorded_by: tuple[str, ...]


class ItemsBody(BaseModel):
    items: list[ItemBody]
