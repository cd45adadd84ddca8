"""Who buys, and where it goes."""

from dataclasses import dataclass


@dataclass
class Customer:
    id: int
    email: str | None
    first_name: str = ""
    last_name: str = ""
    phone: str | None = None
    locale: str = "en"

    @property
    def name(self) -> str:
        """First and last name as one would write them on a parcel."""
        return f"{self.first_name} {self.last_name}".strip()


@dataclass
class Address:
    name: str = ""
    address1: str = ""
    city: str = ""
    province_code: str | None = None
    country_code: str = "US"
    zip: str = ""
    company: str = ""
    address2: str = ""
    country: str = ""
