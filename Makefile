# Each recipe is one line, which works as well without make: python -m tasks report
PYTHON ?= python3

.PHONY: report test serve reference refresh

# build, test and publish the database and the site
report:
	$(PYTHON) -m tasks report

# lint, build with all tests, run the Python tests
test:
	$(PYTHON) -m tasks test

# show the site on http://127.0.0.1:8000
serve:
	$(PYTHON) -m tasks serve

# add official files to the seeds: make reference FROM=folder [RELEASE=2026-07-01]
reference:
	$(PYTHON) -m tasks reference "$(FROM)" $(if $(RELEASE),--release $(RELEASE))

# download today's official files and add them to the seeds: make refresh [RELEASE=2026-07-20]
refresh:
	$(PYTHON) -m tasks refresh $(if $(RELEASE),--release $(RELEASE))
