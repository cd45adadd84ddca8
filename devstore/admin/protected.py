"""Protected customer fields: what tells who somebody is. The platform shows them to apps that it has approved for them.

Without that a field is null, an error beside the data says so, and all else is answered. Such an error need not carry a code.
"""

from collections.abc import Mapping

from graphql import GraphQLError

FIELDS: Mapping[str, str] = {
    "Customer.firstName": "name",
    "Customer.lastName": "name",
    "Customer.displayName": "name",
    "MailingAddress.name": "name",
    "MailingAddress.address1": "address",
    "MailingAddress.address2": "address",
    "MailingAddress.zip": "address",
    "Order.email": "email",
    "CustomerEmailAddress.emailAddress": "email",
    "Order.phone": "phone",
}
"""What each field belongs to: a name, an address, an e-mail address or a phone number."""


def not_approved(field_name: str) -> GraphQLError:
    """The refusal, in the platform's words."""
    where = "https://partners.shopify.com/123/apps/456/customer_data"
    return GraphQLError(f"This app is not approved to use the {field_name} field. See {where} for more details.")
