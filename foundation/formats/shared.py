"""Named by both languages' format modules (settings.FORMAT_MODULE_PATH).

Django's own formats print 1234567.89 without groups in Chinese, refuse there the very date they
display, and read 05/09/2026 as 9 May in English.
"""

DECIMAL_SEPARATOR = "."
THOUSAND_SEPARATOR = ","
NUMBER_GROUPING = 3

DATE_FORMAT = "Y-m-d"
SHORT_DATE_FORMAT = "Y-m-d"
TIME_FORMAT = "H:i"
DATETIME_FORMAT = "Y-m-d H:i"
SHORT_DATETIME_FORMAT = "Y-m-d H:i"
YEAR_MONTH_FORMAT = "Y-m"
MONTH_DAY_FORMAT = "m-d"
FIRST_DAY_OF_WEEK = 1

# Never a form with the year last: 05/09/2026 has two readings.
DATE_INPUT_FORMATS = [
    "%Y-%m-%d",
    "%Y/%m/%d",
    "%Y.%m.%d",
    "%Y%m%d",
    "%Y\u5e74%m\u6708%d\u65e5",
    "%Y \u5e74 %m \u6708 %d \u65e5",
]
TIME_INPUT_FORMATS = ["%H:%M", "%H:%M:%S", "%H:%M:%S.%f"]
DATETIME_INPUT_FORMATS = [
    *(f"{day} {time}" for day in DATE_INPUT_FORMATS for time in TIME_INPUT_FORMATS),
    *(f"%Y-%m-%dT{time}" for time in TIME_INPUT_FORMATS),
    *DATE_INPUT_FORMATS,
]
