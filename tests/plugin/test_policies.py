"""Who goes first, seen and changed by the merchant: the policy tried out and saved, a queue with its reasons, acts by hand."""

from dataclasses import replace

from tests.plugin.cast import CHAIR, LAMP, lands, stock

FIRST, SECOND = 100101, 100201  # lines of #1001, who wants one lamp, and of #1002, who wants two
BY_HAND = {"reason": "promised on the phone"}


def looks(staff, line, **asked):
    """The page on which a deed by hand is seen before it is done."""
    return staff.form(f"/orders/lines/{line}/by-hand", asked).text


def lamps_come(stage, units):
    lands(stage.house, stage.alice, replace(LAMP, on_hand=units), committed=4)


def act(alice, line, what, key, **more):
    return alice.post(
        f"/api/orders/lines/{line}/by-hand", BY_HAND | {"what": what} | more, headers={"Idempotency-Key": key}
    )


def test_a_policy_that_would_let_somebody_wait_for_ever_is_refused_beside_its_field(alice):
    answer = alice.patch("/api/settings", {"repromise": "chosen first"})
    assert answer.status_code == 422
    assert answer.json["errors"][0]["field"] == "chosen_tags"


def test_a_policy_is_tried_out_on_its_page_and_saved_by_the_api(alice, stage):
    asked = {"repromise": "first come", "whole": "line", "passed_over_days": "7", "chosen_percent": "50"}
    text = alice.form("/settings/queue", asked).text
    assert "a line is served whole or not at all" in text
    assert "Save who goes first" in text
    assert alice.get("/api/settings").json["whole"] == "off", "nothing was changed"
    assert alice.patch("/api/settings", {"whole": "line", "passed_over_days": 7}).json["whole"] == "line"
    assert "a line is served whole or not at all" in alice.get("/settings").text


def test_what_cannot_be_read_on_the_page_comes_back_with_a_sentence(alice):
    asked = {"repromise": "chosen first", "chosen_percent": "half", "chosen_customers": "Bob"}
    text = alice.form("/settings/queue", asked).text
    assert text.count('class="wrong"') == 2
    assert 'value="half"' in text
    assert "Save who goes first" not in text
    text = alice.form(
        "/settings/queue", {"repromise": "chosen first", "chosen_percent": "50", "passed_over_days": "7"}
    ).text
    assert "Say who goes first: tags, channels or customers." in text


def test_as_many_as_may_be_chosen_are_tried_out_and_none_is_cut_off(alice):
    tags = [f"{n:03} wholesale {'of our oldest friends ' * 9}".strip() for n in range(100)]
    customers = [str(7_000_000_000_000 + n) for n in range(100)]
    asked = {
        "repromise": "chosen first",
        "whole": "off",
        "chosen_tags": ", ".join(tags),
        "chosen_customers": ", ".join(customers),
        "chosen_percent": "50",
        "passed_over_days": "30",
    }
    text = alice.form("/settings/queue", asked).text
    assert 'aria-invalid="true"' not in text
    assert "Save who goes first" in text
    assert tags[-1] in text
    assert customers[-1] in text
    text = alice.form("/settings/queue", asked | {"chosen_customers": ", ".join([*customers, "1"])}).text
    assert "Give at most 100 customers, by their numbers." in text
    assert "Save who goes first" not in text


def test_the_queue_of_a_lamp_says_why_nobody_is_served_and_who_waits(alice, stage):
    found = alice.get(f"/api/queues/{LAMP.item_id}").json
    assert [each["why"] for each in found["places"][0]["reasons"]] == ["nothing there"]
    assert [one["order_name"] for one in found["listed"]["claims"]] == ["#1001", "#1002", "#1003"]
    text = alice.get(f"/queues/{LAMP.item_id}").text
    assert "Why is nobody served?" in text
    assert "Nothing is on the shelf." in text
    assert f'href="/queues/{LAMP.item_id}?' in alice.get("/backlog").text


def test_lamps_that_nothing_explains_stand_on_their_queue_with_the_click_that_frees_them(alice, stage):
    stock(stage.house, stage.alice, replace(LAMP, on_hand=2), committed=4)
    (place,) = alice.get(f"/api/queues/{LAMP.item_id}").json["places"]
    assert (place["on_shelf"], place["aside"]["units"], place["reasons"][0]["why"]) == (0, 2, "quarantine")
    text = alice.get(f"/queues/{LAMP.item_id}").text
    assert "2 units turned up without a reason and are set aside: release them if they are really there." in text
    assert f"/api/variants/{LAMP.variant_id}/aside/release" in text


def test_goods_of_which_nothing_is_open_have_no_queue(alice):
    assert alice.get("/api/queues/987654").status_code == 404
    assert alice.get("/queues/987654").status_code == 404


def test_a_lamp_is_given_to_the_second_order_by_hand_and_the_deed_is_undone(alice, stage):
    lamps_come(stage, 1)
    shown = alice.post(f"/api/orders/lines/{SECOND}/by-hand/preview", BY_HAND | {"what": "give", "units": 1})
    assert shown.status_code == 200
    done = act(alice, SECOND, "give", "one", units=1)
    assert done.json == shown.json
    assert act(alice, SECOND, "give", "one", units=1).json == done.json, "sent twice it is done once"
    order = alice.get("/api/orders/10020").json
    assert (order["lines"][0]["claims"][0]["kept"], order["by_hand"][0]["reason"]) == (1, BY_HAND["reason"])
    text = alice.get("/orders/10020").text
    assert "1 unit given by hand." in text
    undone = alice.post(f"/api/orders/acts/{order['by_hand'][0]['act_id']}/undo", {})
    assert undone.json["lines"][0]["claims"][0]["kept"] == 0
    assert alice.post(f"/api/orders/acts/{order['by_hand'][0]['act_id']}/undo", {}).status_code == 422


def test_what_cannot_be_done_by_hand_says_so_beside_the_field(alice):
    refused = act(alice, FIRST, "give", "two", units=1)
    assert refused.status_code == 422
    assert refused.json["errors"][0]["field"] == "units"
    text = looks(alice, FIRST, what="give", reason="why")
    assert "nothing of the shelf can be given to it" in text
    first = looks(alice, FIRST)
    assert 'class="wrong"' not in first


def test_who_is_moved_up_stands_first_in_the_queue(alice, stage):
    page = looks(alice, SECOND, what="move up", reason="why")
    assert "Do it" in page
    assert act(alice, SECOND, "move up", "three").status_code == 200
    found = alice.get(f"/api/queues/{LAMP.item_id}").json["listed"]["claims"]
    assert (found[0]["order_name"], found[0]["moved_up"]) == ("#1002", True)
    assert "moved up by hand" in alice.get(f"/queues/{LAMP.item_id}").text


def test_a_chair_that_is_there_needs_no_reason(alice):
    found = alice.get(f"/api/queues/{CHAIR.item_id}").json
    assert all(place["waiting"] == 0 and place["reasons"] == [] for place in found["places"])
