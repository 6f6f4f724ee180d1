"""Structured data of a cooperative's page (schema.org)."""

from shop.storefront.sellers.queries import Profile
from shop.web.i18n.language import ENGLISH, language
from shop.web.rendering.page_metadata import Facts, public_address


def cooperative_facts(profile: Profile) -> Facts:
    """A seller: who it is and where it stands."""
    found: dict[str, object] = {
        "@type": "Organization",
        "name": profile.name,
        "alternateName": profile.short_name,
        "url": public_address(f"/koperasi/{profile.slug}"),
        "address": {
            "@type": "PostalAddress",
            "addressLocality": profile.place,
            "addressRegion": profile.province,
            "addressCountry": "ID",
        },
    }
    if description := (profile.description_en if language() == ENGLISH else profile.story):
        found["description"] = description
    if profile.founded_on:
        found["foundingDate"] = profile.founded_on.isoformat()
    if profile.registry_number:
        found["identifier"] = profile.registry_number
    return found
