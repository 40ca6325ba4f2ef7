"""Where the playground answers."""

urlpatterns = []
