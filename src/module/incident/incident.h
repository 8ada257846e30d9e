/* Module incident: from the first word to the filed report.
 *
 * An incident is reported, verified, classified by law, driven through its steps under running clocks, and closed with its
 * papers. The law (steps, criteria, clocks, forms, receivers) comes from data/law by the profile of the day of detection.
 */
#pragma once
#include "core/request.h"

extern const Module incident_module;
