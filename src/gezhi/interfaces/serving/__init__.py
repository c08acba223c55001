"""Running the processes of one instance: web server, live edge, job worker, under one supervisor."""
