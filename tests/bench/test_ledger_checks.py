"""The judge of a soak sees what it is there to see."""

from bench.ledger_checks import broken

LAMP = 1


def shop(on_hand: int, *orders: tuple[int, bool]) -> dict[str, object]:
    """A ledger: lamps on hand, and orders, oldest first, of so many lamps, held or not."""
    return {
        "levels": [{"item_id": LAMP, "on_hand": on_hand}],
        "orders": [
            {
                "created_at": f"2026-11-25T12:00:0{number}",
                "name": f"#{1001 + number}",
                "cancelled_at": None,
                "fulfillment_orders": [
                    {
                        "id": number,
                        "status": "ON_HOLD" if held else "OPEN",
                        "holds": ["ours"] if held else [],
                        "lines": [{"item_id": LAMP, "remaining": units}],
                    }
                ],
            }
            for number, (units, held) in enumerate(orders)
        ],
    }


def test_a_shop_that_serves_the_oldest_and_holds_the_rest_is_clean():
    assert broken(shop(3, (1, False), (2, False), (1, True)), []) == []


def test_units_that_may_be_shipped_and_are_not_there_are_seen():
    assert broken(shop(1, (1, False), (1, False)), []) == ["Item 1 is oversold: 2 units may be shipped, 1 are there."]


def test_who_is_served_before_somebody_older_is_seen():
    assert "Item 1: order #1002 is served before #1001, which is older." in broken(shop(1, (1, True), (1, False)), [])


def test_who_waits_beside_goods_is_seen():
    assert broken(shop(2, (1, False), (1, True)), []) == ["Order #1002 waits although its goods are there."]


def test_a_letter_that_came_twice_is_seen():
    mails = [{"message_id": "<a>"}, {"message_id": "<b>"}, {"message_id": "<a>"}]
    assert broken(shop(0), mails) == ["The letter <a> came 2 times."]
