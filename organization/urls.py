from django.urls import path

from organization.views import account, covers, notifications

app_name = "organization"
urlpatterns = [
    path("", account.account, name="account"),
    path("login/", account.SignIn.as_view(), name="login"),
    path("logout/", account.SignOut.as_view(), name="logout"),
    path("password/", account.password_change, name="password_change"),
    path("sessions/end/", account.other_sessions_end, name="other_sessions_end"),
    path("notifications/", notifications.notification_list, name="notification_list"),
    path("notifications/read/", notifications.notification_read_all, name="notification_read_all"),
    path("notifications/<str:public_id>/open/", notifications.notification_open, name="notification_open"),
    path("notifications/<str:public_id>/read/", notifications.notification_read, name="notification_read"),
    path("covers/", covers.cover_list, name="cover_list"),
    path("covers/new/", covers.cover_new, name="cover_new"),
    path("covers/<str:public_id>/cancel/", covers.cover_cancel, name="cover_cancel"),
]
