"""The figures of the first page, and how far the import has come."""

from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.here import business_now
from plugin.shown import home, imports


@endpoint("What waits, what comes next, what needs a person", reads=NoQuery, answers=home.HomeShown)
def show_home(call: Call, _: NoQuery) -> home.HomeShown:
    return home.of_shop(call.house, call.caller.shop, business_now())


@endpoint("How far the first reading of the shop has come", reads=NoQuery, answers=imports.ImportShown)
def show_import(call: Call, _: NoQuery) -> imports.ImportShown:
    return imports.of_shop(call.house, call.caller.shop)
