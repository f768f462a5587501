# Each recipe is one line, which works as well without make: python -m tasks report
PYTHON ?= python3

.PHONY: report test
report:  ## build, test and publish the database and the site
	$(PYTHON) -m tasks report

test:  ## lint, build with all tests, run the Python tests
	$(PYTHON) -m tasks test
