"""The merchant's settings."""

from backorder import bulk, manage
from plugin.api.endpoint import Call, endpoint
from plugin.api.schema.model import NoQuery
from plugin.api.schema.settings import RulesAsked, SettingsChange
from plugin.here import business_now
from plugin.shown import previews, settings
from plugin.shown.previews import RulesPreviewShown
from plugin.shown.settings import SettingsShown


@endpoint("The settings of the shop", reads=NoQuery, answers=SettingsShown)
def show_settings(call: Call, _: NoQuery) -> SettingsShown:
    return settings.of_shop(call.caller.shop)


@endpoint("Change some settings", reads=SettingsChange, answers=SettingsShown)
def change_settings(call: Call, change: SettingsChange) -> SettingsShown:
    changes = change.model_dump(mode="json", exclude_unset=True)
    terms = manage.set_terms(call.house, call.shop_id, changes, actor=call.caller.actor, now=business_now())
    return settings.of_terms(terms)


@endpoint(
    "Which variants other rules would manage and whose day they would move", reads=RulesAsked, answers=RulesPreviewShown
)
def preview_rules(call: Call, asked: RulesAsked) -> RulesPreviewShown:
    rules = asked.model_dump(mode="json")["eligibility"]
    return previews.of_rules(bulk.preview_rules(call.house, call.shop_id, rules, business_now()))
