from django.urls import include, path

from customers.views import archive, dates, lists, matrix, page, people, reveal, segments, strategy, tiers

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="customer_list"),
    path("search/", lists.search, name="search"),
    path("options/", lists.customer_options, name="customer_options"),
    path("tiers/", tiers.tier_watch, name="tier_watch"),
    path("matrix/", matrix.customer_matrix, name="customer_matrix"),
    path("segments/", segments.segment_list, name="segment_list"),
    path("segments/new/", segments.segment_create, name="segment_create"),
    path("segments/build/", segments.segment_build, name="segment_build"),
    path("segments/preview/", segments.segment_preview, name="segment_preview"),
    path("segments/<str:public_id>/", segments.segment_page, name="segment_page"),
    path("segments/<str:public_id>/edit/", segments.segment_edit, name="segment_edit"),
    path("segments/<str:public_id>/retake/", segments.segment_retake, name="segment_retake"),
    path("segments/<str:public_id>/stop/", segments.segment_stop, name="segment_stop"),
    path("segments/<str:public_id>/why/", segments.segment_why, name="segment_why"),
    path("new/", archive.customer_create, name="customer_create"),
    path("imports/", include("customers.importing.urls")),
    path("<str:public_id>/", page.customer_page, name="customer_page"),
    path("<str:public_id>/segments/", segments.customer_segments, name="customer_segments"),
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
