"""Who bought, where it goes, and how it was paid."""

from devstore.admin.asking import Asking
from devstore.admin.modelled import Args, kind
from devstore.gids import gid
from devstore.model import Address, Customer, Transaction

# what this store never has, so that it can be asked and answered with null
kind("LineItemSellingPlan").keys("sellingPlanId", "name")
kind("PaymentTerms").keys("id", "paymentTermsType", "overdue", "paymentSchedules")
kind("PaymentSchedule").keys("id", "dueAt", "completedAt")

kind("MoneyBag").keys("shopMoney", "presentmentMoney")
kind("MoneyV2").keys("amount", "currencyCode")

customer = kind("Customer", Customer).plain("firstName", "lastName", "locale", displayName="name")
kind("CustomerEmailAddress").keys("emailAddress")


@customer.field("id")
def _customer_id(source: Customer, _asking: Asking, _args: Args) -> str:
    return gid("Customer", source.id)


@customer.field("defaultEmailAddress")
def _email(source: Customer, _asking: Asking, _args: Args) -> dict[str, str] | None:
    return {"emailAddress": source.email} if source.email else None


kind("MailingAddress", Address).plain(
    "name", "company", "address1", "address2", "city", "provinceCode", "zip", "country", countryCodeV2="country_code"
)

transaction = kind("OrderTransaction", Transaction).plain("kind", "status", "processedAt", "gateway")


@transaction.field("id")
def _transaction_id(source: Transaction, _asking: Asking, _args: Args) -> str:
    return gid("OrderTransaction", source.id)
