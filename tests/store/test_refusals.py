"""A store that says no: who should act, and whether something happened all the same."""

import pytest
import responses

from backorder.store.errors import AccessLost, MissingScope, StoreRefused, TokenRefused
from tests.store.answers import says
from tests.store.asking import NO_LOCATIONS, TAGGED, locations, order, tag
from tests.store.cast import ENDPOINT


def test_errors_beside_data_refuse_the_whole_answer():
    says({"data": NO_LOCATIONS, "errors": [{"message": "Half of it is missing", "path": ["locations", "nodes", 0]}]})
    with pytest.raises(StoreRefused, match="Half of it is missing") as refused:
        locations()
    assert refused.value.problems[0].field == ("locations", "nodes", "0")
    assert not refused.value.outcome_unknown


def test_errors_beside_the_data_of_a_mutation_say_that_it_may_have_happened():
    says({"data": TAGGED, "errors": [{"message": "A field of the answer failed"}]})
    with pytest.raises(StoreRefused) as refused:
        tag()
    assert refused.value.outcome_unknown


def test_a_mutation_that_failed_before_its_effect_is_known_to_have_failed():
    says({"data": {"tagsAdd": None}, "errors": [{"message": "Variable is invalid"}]})
    with pytest.raises(StoreRefused) as refused:
        tag()
    assert not refused.value.outcome_unknown


def test_an_answer_without_data_is_a_refusal():
    says({"data": None})
    with pytest.raises(StoreRefused):
        locations()


def test_a_user_error_is_a_refusal_although_the_status_is_200():
    said = {"node": None, "userErrors": [{"field": ["id"], "message": "Order does not exist"}]}
    says({"data": {"tagsAdd": said}})
    with pytest.raises(StoreRefused, match="Order does not exist") as refused:
        tag()
    assert refused.value.problems[0].field == ("id",)


def test_an_expired_token_asks_for_a_refresh():
    says({"errors": "[API] Invalid API key or access token"}, status=401)
    with pytest.raises(TokenRefused) as refused:
        locations()
    assert isinstance(refused.value, AccessLost)


@pytest.mark.parametrize("status", [402, 423])
def test_a_frozen_shop_is_lost_to_us(status):
    says({"errors": "Unavailable Shop"}, status=status)
    with pytest.raises(AccessLost) as lost:
        locations()
    assert not isinstance(lost.value, TokenRefused)


@pytest.mark.parametrize("status", [400, 403, 404, 406])
def test_any_other_status_is_a_refusal(status):
    says({"errors": "No"}, status=status)
    with pytest.raises(StoreRefused, match=str(status)):
        locations()


def test_a_missing_scope_is_named():
    denied = {
        "message": "Access denied for locations field.",
        "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_locations` access scope."},
    }
    says({"data": {"locations": None}, "errors": [denied]})
    with pytest.raises(MissingScope) as missing:
        locations()
    assert missing.value.scope == "read_locations"


def test_a_choice_of_scopes_is_told_whole():
    choice = "`read_orders` access scope or `read_marketplace_orders` access scope."
    denied = {"message": "Access denied", "extensions": {"code": "ACCESS_DENIED", "requiredAccess": choice}}
    says({"data": None, "errors": [denied]})
    with pytest.raises(MissingScope) as missing:
        locations()
    assert missing.value.scope == choice


@pytest.mark.parametrize("more", [{"extensions": {"code": "ACCESS_DENIED"}}, {}], ids=["with a code", "as documented"])
@pytest.mark.parametrize("where", ["", " See https://partners.shopify.com/1/apps/2/customer_data for more details."])
def test_protected_data_without_a_grant_is_told_in_the_stores_own_words(more, where):
    denied = {"message": f"This app is not approved to access the Order object.{where}", "path": ["locations"], **more}
    says({"data": {"locations": None}, "errors": [denied]})
    with pytest.raises(MissingScope) as missing:
        locations()
    assert str(missing.value) == (
        "The shop has not granted customer data: This app is not approved to access the Order object."
    )


def test_a_field_that_is_not_approved_may_be_done_without_like_one_that_is_not_granted():
    unapproved = {"message": "This app is not approved to use the customer field.", "path": ["order", "customer"]}
    says({"data": {"order": {"name": "#1", "customer": None}}, "errors": [unapproved]})
    assert order()["name"] == "#1"


DENIED = {
    "message": "Access denied for customer field.",
    "path": ["order", "customer"],
    "extensions": {"code": "ACCESS_DENIED", "requiredAccess": "`read_customers` access scope."},
}


def test_a_field_that_a_reading_can_do_without_may_be_denied():
    says({"data": {"order": {"name": "#1", "customer": None}}, "errors": [DENIED]})
    assert order()["name"] == "#1"


@pytest.mark.parametrize(
    "said",
    [
        {"data": {"order": {"customer": None}}, "errors": [DENIED, {**DENIED, "path": ["order", "lineItems"]}]},
        {"data": {"order": None}, "errors": [{**DENIED, "path": ["order"]}]},
        {"data": None, "errors": [DENIED]},
    ],
    ids=["another field too", "the order itself", "no data"],
)
def test_whatever_else_is_denied_refuses_the_whole(said):
    says(said)
    with pytest.raises(MissingScope):
        order()


def test_an_inactive_shop_is_lost_to_us():
    says({"errors": [{"message": "Shop is inactive", "extensions": {"code": "SHOP_INACTIVE"}}]})
    with pytest.raises(AccessLost):
        locations()


def test_a_redirect_is_not_followed_and_the_token_goes_nowhere_else():
    responses.add(responses.POST, ENDPOINT, status=307, headers={"Location": "https://elsewhere.example/"})
    with pytest.raises(StoreRefused, match="307"):
        locations()
    assert [call.request.url for call in responses.calls] == [ENDPOINT]
