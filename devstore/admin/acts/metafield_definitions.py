"""Metafield definitions made at run time, where the configuration's were not installed."""

from devstore.admin.acts.refusing import Payload, attempt, mutation, payload
from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, inputs
from devstore.metafields import definition
from devstore.model import Definition
from devstore.saying import StoreSays

inputs("MetafieldDefinitionInput", "namespace", "key", "name", "description", "ownerType", "type", "access")
inputs("MetafieldAccessInput", "admin", "storefront", "customerAccount")
payload("MetafieldDefinitionCreatePayload", "createdDefinition")


@mutation.field("metafieldDefinitionCreate", "definition")
def _create(_source: None, asking: Asking, args: Args) -> Payload:
    wish = args["definition"]
    access = wish.get("access") or {}

    def act() -> Payload:
        namespace = asking.world.app.namespace(wish.get("namespace"))
        ours = namespace.startswith(asking.world.app.reserved)
        if definition(asking.shop, wish["ownerType"], namespace, wish["key"]) is not None:
            raise StoreSays("Key is in use for the owner type.", ("definition", "key"), "TAKEN")
        if access.get("admin") and not ours:
            said = "Admin access can only be set in the app's own namespace."
            raise StoreSays(said, ("definition", "access"), "ADMIN_ACCESS_INPUT_NOT_ALLOWED")
        made = Definition(
            asking.shop.next_id(),
            wish["ownerType"],
            namespace,
            wish["key"],
            wish["type"],
            wish["name"],
            admin=access.get("admin") or ("MERCHANT_READ" if ours else "PUBLIC_READ_WRITE"),
            storefront=access.get("storefront") or "NONE",
            customer_account=access.get("customerAccount") or "NONE",
        )
        asking.shop.definitions[made.id] = made
        return {"createdDefinition": made}

    return attempt(act)
