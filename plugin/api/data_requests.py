"""Customers who asked what is kept about them: the list, the file that answers one, and that it was answered."""

from backorder import erase
from plugin.api.endpoint import Call, endpoint, not_found
from plugin.api.schema.model import NoQuery, Nothing
from plugin.here import business_now
from plugin.shown import data_requests
from plugin.shown.data_requests import DataRequests
from plugin.shown.sheets import FileShown


@endpoint("Customers who asked what is kept about them", reads=NoQuery, answers=DataRequests)
def list_data_requests(call: Call, _: NoQuery) -> DataRequests:
    return data_requests.of_shop(call.house, call.caller.shop)


@endpoint("What is kept about a customer who asked, as a CSV file to hand on", reads=NoQuery, answers=FileShown)
def export_data_request(call: Call, _: NoQuery, data_request_id: int) -> FileShown:
    found = data_requests.sheet(call.house, call.caller.shop, data_request_id)
    if found is None:
        raise not_found("No such question is kept.")
    return found


@endpoint("Say that a customer was answered", reads=Nothing, answers=DataRequests)
def answer_data_request(call: Call, _: Nothing, data_request_id: int) -> DataRequests:
    erase.answer_request(call.house, call.shop_id, data_request_id, actor=call.caller.actor, now=business_now())
    return data_requests.of_shop(call.house, call.caller.shop)
