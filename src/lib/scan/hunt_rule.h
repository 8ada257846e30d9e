/* The rules of a hunt over records, one after the other. Inside the hunt only. */
#pragma once
#include "lib/scan/decode.h"
#include "lib/scan/match.h"
#include "lib/scan/segment.h"

typedef struct HuntRules HuntRules;

HuntRules *hunt_rules_new(const RuleSet *set, const Route *route, const PatternSet *patterns);
void hunt_rules_free(HuntRules *rules);
typedef void (*HuntRuleFound)(void *context, const LogRecord *record, const Rule *rule);
void hunt_rules_record(HuntRules *rules, const LogRecord *record, HuntRuleFound found, void *context);
