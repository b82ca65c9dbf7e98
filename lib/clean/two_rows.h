/*
 * Headers of two rows, such as
 *
 *     客户名称 | 联系方式 |      | 2023年 |      | 2024年 |
 *              | 手机     | 邮箱 | 金额   | 数量 | 金额   | 数量
 *
 * A cell of the upper row is a group over the columns up to the next one, or, with nothing beneath, a column of its own.
 * In a workbook these are merged cells, of which only the first has a value; so in CSV the same rules serve.
 */
#ifndef CRM_CLEAN_TWO_ROWS_H
#define CRM_CLEAN_TWO_ROWS_H

#include "clean/roles.h"
#include "io/batch.h"

/* 2023年, 3月, 2024年3月, Q1: a label of columns, not data. */
bool two_rows_is_period(struct slice cell);
/* Digits with the signs and units that numbers, dates and phones have: 1,234.5  ￥12万  2024年3月5日  010-12345678  50%. */
bool two_rows_is_numeric(struct slice cell);
/*
 * Whether `lower` is the second row of a header that begins with `upper`: a group of two columns or more, and nothing but labels.
 * `chosen_upper`: it was the upper one that looked like the header; then the lower must not be a row of data.
 */
bool two_rows_are_header(const struct record *upper, const struct record *lower, bool chosen_upper,
			 struct role_dictionary *dictionary);
/*
 * The names of the columns, as many as the wider row has cells, into `names`: that of the lower row alone, where it is
 * the only one of its name and known or its group is a mere heading (联系方式, 基本信息); else group and name joined,
 * 2023年_金额, so that a colleague's 业务员_电话 is not taken for the customer's. Of 电话 in several groups the first of the
 * customer's own (客户, 联系人 …) keeps its plain name.
 */
size_t two_rows_names(const struct record *upper, const struct record *lower, struct role_dictionary *dictionary,
		      struct slice *names, struct arena *arena);

#endif
