from django.urls import include, path

from customers.views import archive, dates, lists, page, people, reveal, strategy, tiers

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="customer_list"),
    path("filters/", lists.customer_filters, name="customer_filters"),
    path("search/", lists.search, name="search"),
    path("options/", lists.customer_options, name="customer_options"),
    path("tiers/", tiers.tier_watch, name="tier_watch"),
    path("new/", archive.customer_create, name="customer_create"),
    path("imports/", include("customers.importing.urls")),
    path("<str:public_id>/", page.customer_page, name="customer_page"),
    path("<str:public_id>/edit/", archive.customer_edit, name="customer_edit"),
    path("<str:public_id>/strategy/", strategy.strategy_change, name="strategy_change"),
    path("<str:public_id>/reveal/<slug:field>/", reveal.reveal_field, name="reveal_field"),
    path("<str:public_id>/people/new/", people.person_add, name="person_add"),
    path("<str:public_id>/people/<slug:handle>/", people.person_edit, name="person_edit"),
    path("<str:public_id>/people/<slug:handle>/remove/", people.person_remove, name="person_remove"),
    path("<str:public_id>/dates/new/", dates.important_date_add, name="important_date_add"),
    path("<str:public_id>/dates/preview/", dates.important_date_preview, name="important_date_preview"),
    path("<str:public_id>/dates/<slug:handle>/", dates.important_date_edit, name="important_date_edit"),
    path("<str:public_id>/dates/<slug:handle>/remove/", dates.important_date_remove, name="important_date_remove"),
]
