"""Pages of the training centre for universities and enterprises."""
