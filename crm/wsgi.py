import gc
import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "crm.settings")
application = get_wsgi_application()
# What was loaded stays: the collector need not look at it again at every turn, which shows in the slowest pages.
gc.collect()
gc.freeze()
gc.set_threshold(20_000, 20, 20)
