"""Makes `admin.site` our ConfigurationSite. Apart from it, because settings load this before there are models."""

from django.contrib.admin.apps import AdminConfig


class ConfigurationAdminConfig(AdminConfig):
    default_site = "organization.admin_site.ConfigurationSite"
