import pytest

from backorder.store.origin import REAL_ORIGIN, origin, shop_domain
from tests.store.cast import LAMPLIGHT


def test_a_shop_is_reached_at_its_own_domain():
    assert origin(REAL_ORIGIN, LAMPLIGHT) == "https://lamplight.myshopify.com"


def test_a_development_store_keeps_many_shops_under_one_roof():
    assert origin("http://127.0.0.1:4010/{shop}/", LAMPLIGHT) == f"http://127.0.0.1:4010/{LAMPLIGHT}"


@pytest.mark.parametrize(
    "foreign",
    [
        "",
        "lamplight",
        "lamplight.example.com",
        "evil.example/lamplight.myshopify.com",
        "lamplight.myshopify.com.evil.example",
        "lamplight.myshopify.com/",
        "lamplight.myshopify.com/admin",
        "lamplight.myshopify.com:8080",
        "lamplight.myshopify.com?x=1",
        "lamplight.myshopify.com#x",
        "user@lamplight.myshopify.com",
        "https://lamplight.myshopify.com",
        "Lamplight.myshopify.com",
        " lamplight.myshopify.com",
        "lamplight.myshopify.com\n",
        "lamp light.myshopify.com",
        "-lamplight.myshopify.com",
        "lamp.light.myshopify.com",
        "lamplightmyshopify.com",
        "l\u00e4mplight.myshopify.com",
        "lamplight.myshopify\u3002com",
        "../lamplight.myshopify.com",
    ],
)
def test_a_name_that_is_no_shop_never_chooses_where_we_call(foreign):
    with pytest.raises(ValueError, match="not the myshopify"):
        shop_domain(foreign)
    with pytest.raises(ValueError, match="not the myshopify"):
        origin(REAL_ORIGIN, foreign)
