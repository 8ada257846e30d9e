/* Pure rules about due days. Private to module duty. */
#pragma once
#include "base/date.h"

/* Months of a period that comes again, with the words of its suggested due day; 0: it does not. */
int duty_cycle_months(const char *period, const char **out_basis);
/* So many days from Monday to Friday after `day`; public holidays are not known here. */
Day duty_working_days_after(Day day, int count);
