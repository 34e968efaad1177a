"""Part of customers.urls: no namespace of its own."""

from django.urls import path

from customers.importing import views

urlpatterns = [
    path("", views.import_list, name="import_list"),
    path("new/", views.import_create, name="import_create"),
    path("template/<slug:kind>/", views.import_template, name="import_template"),
    path("<str:public_id>/", views.import_page, name="import_page"),
    path("<str:public_id>/mapping/", views.import_mapping, name="import_mapping"),
    path("<str:public_id>/progress/", views.import_progress, name="import_progress"),
    path("<str:public_id>/confirm/", views.import_confirm, name="import_confirm"),
    path("<str:public_id>/discard/", views.import_discard, name="import_discard"),
    path("<str:public_id>/undo/", views.import_undo, name="import_undo"),
    path("<str:public_id>/bad-rows/", views.import_bad_rows, name="import_bad_rows"),
]
