from django.urls import include, path

from customers.views import (
    archive,
    dates,
    external,
    household,
    lists,
    page,
    people,
    preferences,
    quality,
    reveal,
    strategy,
    tiers,
)

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="customer_list"),
    path("search/", lists.search, name="search"),
    path("options/", lists.customer_options, name="customer_options"),
    path("tiers/", tiers.tier_watch, name="tier_watch"),
    path("quality/", quality.quality, name="quality"),
    path("new/", archive.customer_create, name="customer_create"),
    path("imports/", include("customers.importing.urls")),
    path("<str:public_id>/", page.customer_page, name="customer_page"),
    path("<str:public_id>/edit/", archive.customer_edit, name="customer_edit"),
    path("<str:public_id>/strategy/", strategy.strategy_change, name="strategy_change"),
    path("<str:public_id>/reveal/<slug:field>/", reveal.reveal_field, name="reveal_field"),
    path("<str:public_id>/confirm/<slug:field>/", quality.field_confirm, name="field_confirm"),
    path("<str:public_id>/preferences/new/", preferences.contact_preference_add, name="contact_preference_add"),
    path(
        "<str:public_id>/preferences/<slug:handle>/remove/",
        preferences.contact_preference_remove,
        name="contact_preference_remove",
    ),
    path("<str:public_id>/elsewhere/new/", external.external_holding_add, name="external_holding_add"),
    path("<str:public_id>/elsewhere/<slug:handle>/", external.external_holding_edit, name="external_holding_edit"),
    path(
        "<str:public_id>/elsewhere/<slug:handle>/remove/",
        external.external_holding_remove,
        name="external_holding_remove",
    ),
    path("<str:public_id>/household/join/", household.household_join, name="household_join"),
    path("<str:public_id>/household/leave/", household.household_leave, name="household_leave"),
    path("<str:public_id>/people/new/", people.person_add, name="person_add"),
    path("<str:public_id>/people/<slug:handle>/", people.person_edit, name="person_edit"),
    path("<str:public_id>/people/<slug:handle>/remove/", people.person_remove, name="person_remove"),
    path("<str:public_id>/dates/new/", dates.important_date_add, name="important_date_add"),
    path("<str:public_id>/dates/preview/", dates.important_date_preview, name="important_date_preview"),
    path("<str:public_id>/dates/<slug:handle>/", dates.important_date_edit, name="important_date_edit"),
    path("<str:public_id>/dates/<slug:handle>/remove/", dates.important_date_remove, name="important_date_remove"),
]
