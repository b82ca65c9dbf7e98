/*
 * Rules as a decision table, for people who keep them in a spreadsheet: CSV, TSV, XLSX or ODS, any encoding. The first row names the columns, every
 * other row is a rule; all its conditions must hold.
 *
 *     tag,  column, amount_12m, recency_days, industry,        when,              action
 *     A,    level,  >10万,      <= 30,        制造业|零售,     frequency >= 2,    visit
 *     C,    level,  ,           ,             ,                ,                  mail
 *     VIP,  ,       >= 100万,   ,             ,                ,
 *
 * tag (标签) must be there; column (列: empty is `tags`, else the group), when (条件: an expression), action (动作), priority (优先级), owner (负责人), purpose (用途),
 * valid_from (生效日期), valid_until (失效日期) and leave_when (退出条件) may be. Any other column is one of the input, and its cells say
 * what must be true of it: an operator and what follows (> 10万, is empty, ~ /x/i, in (…), between 1 and 5), or a value that it equals, or
 * several between bars or 、, a range (1万~10万), a time (近30天), or Chinese words (大于10万, 不等于零售, 包含VIP, 为空). Empty: anything. A column of the input that has one of those names is meant in backticks in `when`.
 */
#ifndef CRM_RULE_RULES_TABLE_H
#define CRM_RULE_RULES_TABLE_H

#include "rule/rules.h"

/* By the ending of the name (before #Sheet): .csv .tsv .txt .xlsx .xls .ods */
bool rules_table_is(const char *path);
/* Adds the rules of the table to those there are. */
int rules_table_read(struct rules *rules, struct rules_file *file, struct diag *diag) MUST_CHECK;

/* What a cell asks of a column, as an expression: ("amount", "> 5") gives `amount` > 5. */
struct slice rules_table_condition(struct slice column, struct slice cell, struct arena *arena);

#endif
