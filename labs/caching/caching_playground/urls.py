"""Where the stage is served."""

urlpatterns: list[object] = []
