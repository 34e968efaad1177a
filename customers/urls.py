from django.urls import include, path

from customers.views import (
    archive,
    consents,
    dates,
    documents,
    lists,
    page,
    people,
    referrals,
    reveal,
    risk,
    strategy,
    tiers,
)

app_name = "customers"
urlpatterns = [
    path("", lists.customer_list, name="customer_list"),
    path("search/", lists.search, name="search"),
    path("options/", lists.customer_options, name="customer_options"),
    path("tiers/", tiers.tier_watch, name="tier_watch"),
    path("risk/", risk.risk_watch, name="risk_watch"),
    path("new/", archive.customer_create, name="customer_create"),
    path("imports/", include("customers.importing.urls")),
    path("<str:public_id>/", page.customer_page, name="customer_page"),
    path("<str:public_id>/edit/", archive.customer_edit, name="customer_edit"),
    path("<str:public_id>/strategy/", strategy.strategy_change, name="strategy_change"),
    path("<str:public_id>/reveal/<slug:field>/", reveal.reveal_field, name="reveal_field"),
    path("<str:public_id>/people/new/", people.person_add, name="person_add"),
    path("<str:public_id>/people/<slug:handle>/", people.person_edit, name="person_edit"),
    path("<str:public_id>/people/<slug:handle>/remove/", people.person_remove, name="person_remove"),
    path("<str:public_id>/risk/new/", risk.risk_assessment_add, name="risk_assessment_add"),
    path("<str:public_id>/risk/stale/", risk.risk_assessment_stale, name="risk_assessment_stale"),
    path("<str:public_id>/risk/valid/", risk.risk_assessment_valid, name="risk_assessment_valid"),
    path("<str:public_id>/consents/<slug:purpose>/", consents.consent_record, name="consent_record"),
    path("<str:public_id>/documents/new/", documents.document_add, name="document_add"),
    path("<str:public_id>/documents/<str:document_id>/open/", documents.document_open, name="document_open"),
    path("<str:public_id>/documents/<str:document_id>/content/", documents.document_content, name="document_content"),
    path("<str:public_id>/documents/<str:document_id>/remove/", documents.document_remove, name="document_remove"),
    path("<str:public_id>/referrals/new/", referrals.referral_add, name="referral_add"),
    path("<str:public_id>/referrals/<str:referral_id>/link/", referrals.referral_link, name="referral_link"),
    path("<str:public_id>/referrals/<str:referral_id>/phone/", referrals.referral_phone, name="referral_phone"),
    path(
        "<str:public_id>/referrals/<str:referral_id>/withdraw/", referrals.referral_withdraw, name="referral_withdraw"
    ),
    path("<str:public_id>/dates/new/", dates.important_date_add, name="important_date_add"),
    path("<str:public_id>/dates/preview/", dates.important_date_preview, name="important_date_preview"),
    path("<str:public_id>/dates/<slug:handle>/", dates.important_date_edit, name="important_date_edit"),
    path("<str:public_id>/dates/<slug:handle>/remove/", dates.important_date_remove, name="important_date_remove"),
]
