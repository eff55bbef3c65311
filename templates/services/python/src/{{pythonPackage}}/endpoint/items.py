"""One method for each operation."""

from ..platform.metrics import Metrics
from ..service.items import Draft, Item, ItemService


class ItemEndpoints:
    """What every transport shares, such as business metrics, happens here."""

    def __init__(self, service: ItemService, metrics: Metrics) -> None:
        self._service = service
        self._metrics = metrics

    async def create_item(self, draft: Draft) -> Item:
        item = await self._service.create(draft)
        self._metrics.item_created(item.quantity)
        return item

    async def get_item(self, item_id: str) -> Item:
        return await self._service.get(item_id)

    async def list_items(self) -> list[Item]:
        return await self._service.newest()
