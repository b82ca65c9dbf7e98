/* The customers' files but the workbook: what columns each has, and how its dates look. */
#include "synth/synth.h"

struct column_of {
	const char *header;
	enum field field;
};

static const struct column_of salesforce[] = {
	{ "Id", FIELD_ID },
	{ "FirstName", FIELD_GIVEN },
	{ "LastName", FIELD_FAMILY },
	{ "Company", FIELD_COMPANY },
	{ "Phone", FIELD_PHONE },
	{ "Email", FIELD_EMAIL },
	{ "Street", FIELD_ADDRESS },
	{ "City", FIELD_CITY },
	{ "State", FIELD_PROVINCE },
	{ "PostalCode", FIELD_POSTCODE },
	{ "Country", FIELD_COUNTRY },
	{ "Industry", FIELD_INDUSTRY },
	{ "Rating", FIELD_LEVEL },
	{ "Status", FIELD_STAGE },
	{ "OwnerId", FIELD_OWNER },
	{ "CreatedDate", FIELD_CREATED },
	{ "LastModifiedDate", FIELD_UPDATED },
	{ "Description", FIELD_NOTE },
};
static const struct column_of erp[] = {
	{ "客户编码", FIELD_ID }, { "客户名称", FIELD_COMPANY }, { "联系人", FIELD_NAME }, { "手机号码", FIELD_PHONE },
	{ "电子邮箱", FIELD_EMAIL }, { "省份", FIELD_PROVINCE }, { "城市", FIELD_CITY }, { "详细地址", FIELD_ADDRESS },
	{ "所属行业", FIELD_INDUSTRY }, { "客户级别", FIELD_LEVEL }, { "客户状态", FIELD_STAGE }, { "年采购额", FIELD_AMOUNT },
	{ "统一社会信用代码", FIELD_USCC }, { "身份证号", FIELD_ID_NUMBER }, { "负责人", FIELD_OWNER }, { "建档日期", FIELD_CREATED },
	{ "更新日期", FIELD_UPDATED }, { "备注", FIELD_NOTE },
};
static const struct column_of shop[] = {
	{ "user_id", FIELD_ID },   { "name", FIELD_NAME },	    { "company", FIELD_COMPANY },
	{ "mobile", FIELD_PHONE }, { "email", FIELD_EMAIL },	    { "province", FIELD_PROVINCE },
	{ "city", FIELD_CITY },	   { "address", FIELD_ADDRESS },    { "level", FIELD_LEVEL },
	{ "status", FIELD_STAGE }, { "created_at", FIELD_CREATED }, { "updated_at", FIELD_UPDATED },
};
#define COUNT(array) (sizeof (array) / sizeof (array)[0])

static void add_cell(const struct card *card, enum source_kind source, enum field field, struct buf *out)
{
	int32_t day = field == FIELD_CREATED ? card->created : card->updated;
	struct civil civil;

	if (field != FIELD_CREATED && field != FIELD_UPDATED) {
		emit_csv(out, card->cell[field]);
	} else if (source == SOURCE_SALESFORCE) { /* 2024-03-05T08:30:00.000Z */
		emit_date(out, day);
		buf_add_byte(out, 'T');
		emit_time(out, card->seconds);
		buf_add(out, SLICE(".000Z"));
	} else {
		bool words = field == FIELD_UPDATED; /* 2024/3/5 and 2024年3月5日 */

		civil = civil_from_days(day);
		buf_add_u64(out, (uint64_t)civil.year);
		buf_add(out, words ? SLICE("年") : SLICE("/"));
		buf_add_u64(out, (uint64_t)civil.month);
		buf_add(out, words ? SLICE("月") : SLICE("/"));
		buf_add_u64(out, (uint64_t)civil.day);
		buf_add(out, words ? SLICE("日") : SLICE(""));
	}
}

static void csv_row(struct synth *synth, enum source_kind source, const struct column_of *columns, size_t count,
		    size_t row, struct emit_worker *worker, struct buf *out)
{
	synth_record(synth, source, row, worker);
	for (size_t c = 0; c < count; c++) {
		if (c)
			buf_add_byte(out, ',');
		add_cell(&worker->card, source, columns[c].field, out);
	}
	buf_add(out, source == SOURCE_ERP ? SLICE("\r\n") : SLICE("\n"));
}

static void salesforce_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	csv_row(context, SOURCE_SALESFORCE, salesforce, COUNT(salesforce), row, worker, out);
}

static void erp_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	csv_row(context, SOURCE_ERP, erp, COUNT(erp), row, worker, out);
}

static void shop_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	const struct card *card = &worker->card;

	synth_record(context, SOURCE_SHOP, row, worker);
	for (size_t c = 0; c < COUNT(shop); c++) {
		enum field field = shop[c].field;

		buf_add(out, c ? SLICE(",\"") : SLICE("{\""));
		buf_add(out, slice_of(shop[c].header));
		buf_add(out, SLICE("\":"));
		if (field == FIELD_CREATED) { /* milliseconds since 1970 */
			buf_add_i64(out, ((int64_t)card->created * 86400 + card->seconds) * 1000);
		} else if (field == FIELD_UPDATED) {
			buf_add_byte(out, '"');
			emit_date(out, card->updated);
			buf_add_byte(out, ' ');
			emit_time(out, card->seconds);
			buf_add_byte(out, '"');
		} else if (card->cell[field].len == 0) {
			buf_add(out, SLICE("null"));
		} else {
			emit_json(out, card->cell[field]);
		}
	}
	buf_add(out, SLICE("}\n"));
}

static void add_header(struct buf *head, const struct column_of *columns, size_t count, struct slice end)
{
	for (size_t c = 0; c < count; c++) {
		if (c)
			buf_add_byte(head, ',');
		buf_add(head, slice_of(columns[c].header));
	}
	buf_add(head, end);
}

/* A title and a line about the export above the header. */
static void add_erp_head(struct synth *synth, struct buf *head)
{
	buf_add(head, SLICE("客户档案表"));
	for (size_t c = 1; c < COUNT(erp); c++)
		buf_add_byte(head, ',');
	buf_add(head, SLICE("\r\n导出时间："));
	emit_date(head, synth->world.as_of);
	buf_add(head, SLICE(" 18:00  导出人：系统管理员"));
	for (size_t c = 1; c < COUNT(erp); c++)
		buf_add_byte(head, ',');
	buf_add(head, SLICE("\r\n"));
	add_header(head, erp, COUNT(erp), SLICE("\r\n"));
}

static void add_erp_tail(const struct synth *synth, struct buf *tail)
{
	buf_add(tail, SLICE("合计,"));
	buf_add_u64(tail, synth->plan.count[SOURCE_ERP]);
	for (size_t c = 2; c < COUNT(erp); c++)
		buf_add_byte(tail, ',');
	buf_add(tail, SLICE("\r\n"));
}

int customers_write(struct synth *synth, enum source_kind source, struct diag *diag)
{
	struct emission what = { .path = synth_path(synth, source_names[source]), .rows = synth->plan.count[source],
				 .context = synth, .gb18030 = source == SOURCE_ERP };
	struct buf head, tail;
	int result;

	buf_init(&head, BUF_UNLIMITED);
	buf_init(&tail, BUF_UNLIMITED);
	if (source == SOURCE_SALESFORCE) {
		buf_add(&head, SLICE("\xEF\xBB\xBF"));
		add_header(&head, salesforce, COUNT(salesforce), SLICE("\n"));
		what.row = salesforce_row;
	} else if (source == SOURCE_ERP) {
		add_erp_head(synth, &head);
		add_erp_tail(synth, &tail);
		what.row = erp_row;
	} else {
		what.row = shop_row;
	}
	what.head = buf_slice(&head);
	what.tail = buf_slice(&tail);
	result = synth_emit(synth, what, diag);
	buf_release(&head);
	buf_release(&tail);
	return result;
}
