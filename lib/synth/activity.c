/* orders.csv, shop-orders.jsonl, events.csv, contacts.csv, and the truth. */
#include <stdlib.h>

#include "base/memory.h"
#include "synth/synth.h"

struct listing {
	struct synth *synth;
	const struct happenings *all;
	uint32_t *index;       /* of the items of this file, by time */
	size_t count;
};

static struct listing list_of(struct synth *synth, const struct happenings *all, bool shop, bool everything)
{
	struct listing listing = { .synth = synth, .all = all, .index = memory_get(all->count, sizeof(uint32_t)) };

	for (size_t i = 0; i < all->count; i++) {
		bool is_shop = synth->plan.records[all->items[all->order[i]].record].source == SOURCE_SHOP;

		if (everything || is_shop == shop)
			listing.index[listing.count++] = all->order[i];
	}
	return listing;
}

static void add_id(const struct synth *synth, uint32_t record, struct buf *out)
{
	char text[32];
	struct pen pen = { text, text + sizeof text };

	buf_add(out, record_id(&synth->plan.records[record], &pen));
}

static void add_cents(struct buf *out, uint64_t cents)
{
	buf_add_u64(out, cents / 100);
	buf_add_byte(out, '.');
	emit_digits(out, cents % 100, 2);
}

static const char *const categories[ORDER_CATEGORIES] = { "办公用品", "电子配件", "机械零件", "包装材料", "食品饮料", "日用百货", "软件服务",
							  "技术咨询" };
static const char *const channels[ORDER_CHANNELS] = { "直销", "经销商", "电话", "展会", "官网" };
static const char *const shop_categories[ORDER_CATEGORIES] = { "office", "electronics", "parts",    "packaging",
							       "food",	 "household",	"software", "services" };
static const char *const shop_channels[ORDER_CHANNELS] = { "app", "web", "wechat", "tmall", "jd" };
static const char *const statuses[] = { "已完成", "已退款", "已取消" };
static const char *const shop_statuses[] = { "completed", "refunded", "cancelled" };

/* All of it, or half: what came back of a refunded order. */
static uint64_t refund_of(const struct happening *order)
{
	if (order->type != ORDER_REFUNDED)
		return 0;
	return order->seconds % 2 ? order->value : order->value / 2;
}

static void order_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	const struct listing *listing = context;
	const struct happening *order = &listing->all->items[listing->index[row]];
	uint64_t refund = refund_of(order);

	(void)worker;
	buf_add(out, SLICE("SO"));
	emit_digits(out, row + 1, 9);
	buf_add_byte(out, ',');
	add_id(listing->synth, order->record, out);
	buf_add_byte(out, ',');
	emit_date(out, order->day);
	buf_add_byte(out, ' ');
	emit_time(out, order->seconds);
	buf_add_byte(out, ',');
	add_cents(out, order->value);
	buf_add_byte(out, ',');
	add_cents(out, order->value / 100 * (55u + order->category * 4u)); /* the cost, so that there is a profit */
	buf_add_byte(out, ',');
	buf_add_u64(out, order->quantity);
	buf_add_byte(out, ',');
	buf_add(out, slice_of(categories[order->category]));
	buf_add_byte(out, ',');
	buf_add(out, slice_of(channels[order->channel]));
	buf_add(out, SLICE(",CNY,"));
	buf_add(out, slice_of(statuses[order->type]));
	buf_add_byte(out, ',');
	if (refund)
		add_cents(out, refund);
	buf_add_byte(out, '\n');
}

static void shop_order_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	const struct listing *listing = context;
	const struct happening *order = &listing->all->items[listing->index[row]];

	(void)worker;
	buf_add(out, SLICE("{\"order_no\":\"E"));
	emit_digits(out, row + 1, 10);
	buf_add(out, SLICE("\",\"user_id\":\""));
	add_id(listing->synth, order->record, out);
	buf_add(out, SLICE("\",\"order_date\":\""));
	emit_date(out, order->day);
	buf_add_byte(out, 'T');
	emit_time(out, order->seconds);
	buf_add(out, SLICE("+08:00\",\"amount\":"));
	add_cents(out, order->value);
	buf_add(out, SLICE(",\"quantity\":"));
	buf_add_u64(out, order->quantity);
	buf_add(out, SLICE(",\"category\":\""));
	buf_add(out, slice_of(shop_categories[order->category]));
	buf_add(out, SLICE("\",\"channel\":\""));
	buf_add(out, slice_of(shop_channels[order->channel]));
	buf_add(out, SLICE("\",\"status\":\""));
	buf_add(out, slice_of(shop_statuses[order->type]));
	buf_add(out, SLICE("\",\"refund\":"));
	add_cents(out, refund_of(order));
	buf_add(out, SLICE("}\n"));
}

static void event_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	static const char *const types[EVENT_TYPES] = { "service", "visit", "inquiry", "complaint" };
	static const char *const notes[EVENT_TYPES][4] = {
		{ "installation", "training", "使用咨询", "账户问题" }, { "quarterly visit", "拜访", "回访", "demo" },
		{ "询价", "asked for a catalogue", "索取样品", "asked for a demo" },
		{ "late delivery", "质量问题", "价格过高", "no reply for days" } };
	const struct listing *listing = context;
	const struct happening *event = &listing->all->items[listing->index[row]];

	(void)worker;
	add_id(listing->synth, event->record, out);
	buf_add_byte(out, ',');
	emit_date(out, event->day);
	buf_add_byte(out, ',');
	buf_add(out, slice_of(types[event->type]));
	buf_add_byte(out, ',');
	buf_add_u64(out, event->value);
	buf_add_byte(out, ',');
	buf_add(out, slice_of(notes[event->type][event->seconds % 4]));
	buf_add_byte(out, '\n');
}

/* The people of a company, under its first record. One who leaves does so before the company goes more often than else. */
static void contact_rows(void *context, size_t i, struct emit_worker *worker, struct buf *out)
{
	static const char *const titles[2][4] = { { "采购经理", "总经理", "财务", "技术负责人" },
						  { "Purchasing Manager", "CEO", "Finance", "CTO" } };
	struct synth *synth = context;
	const struct world *world = &synth->world;
	struct entity *e = &worker->entity;
	struct rng rng;
	unsigned count;

	entity_draw(world, (uint32_t)i, e);
	if (!entity_is_firm(e->kind))
		return;
	history_draw(world, e, &worker->history);
	rng_init(&rng, world->seed, TOPIC_CONTACT, i);
	count = (unsigned)rng_between(&rng, 1, 3);
	for (unsigned k = 0; k < count; k++) {
		struct human other = entity_draw_human(world, entity_is_chinese(e->kind), &rng),
			     *human = k ? &other : &e->contact;
		bool gone = rng_chance(&rng, worker->history.left == CIVIL_NONE ? .06 : .35);
		int32_t last = worker->history.left == CIVIL_NONE ? world->as_of : worker->history.left;
		int32_t first = last - 90 < e->joined ? e->joined : last - 90,
			day = (int32_t)rng_between(&rng, first, last);
		struct pen pen = { worker->card.text, worker->card.text + sizeof worker->card.text };
		const char *start = pen.at;

		if (human->chinese) {
			name_family(&world->words, human, false, &pen);
			name_given(&world->words, human, false, &pen);
		} else {
			name_given(&world->words, human, false, &pen);
			pen_byte(&pen, ' ');
			name_family(&world->words, human, false, &pen);
		}
		add_id(synth, synth->plan.first[i], out);
		buf_add_byte(out, ',');
		emit_csv(out, pen_since(&pen, start));
		buf_add_byte(out, ',');
		buf_add(out, slice_of(titles[!human->chinese][rng_below(&rng, 4)]));
		buf_add_byte(out, ',');
		if (gone)
			emit_date(out, day);
		buf_add_byte(out, '\n');
	}
}

static int write_listing(struct synth *synth, const char *name, const char *head, struct listing *listing,
			 void (*row)(void *, size_t, struct emit_worker *, struct buf *), uint64_t *count,
			 struct diag *diag)
{
	struct emission what = { .path = synth_path(synth, name),
				 .head = slice_of(head),
				 .rows = listing->count,
				 .row = row,
				 .context = listing };
	int result = synth_emit(synth, what, diag);

	*count = listing->count;
	free(listing->index);
	return result;
}

int activity_write(struct synth *synth, struct synth_counts *counts, struct diag *diag)
{
	struct listing orders = list_of(synth, &synth->orders, false, false),
		       shop = list_of(synth, &synth->orders, true, false);
	struct listing events = list_of(synth, &synth->events, false, true);
	struct emission contacts = { .path = synth_path(synth, "contacts.csv"),
				     .head = SLICE("customer_id,name,title,left_at\n"),
				     .rows = synth->world.customers,
				     .row = contact_rows,
				     .context = synth };
	int result = 0;

	result |= write_listing(
		synth, "orders.csv",
		"order_id,customer_id,order_date,amount,cost,quantity,category,channel,currency,status,refund\n",
		&orders, order_row, &counts->orders, diag);
	result |= write_listing(synth, "shop-orders.jsonl", "", &shop, shop_order_row, &counts->shop_orders, diag);
	result |= write_listing(synth, "events.csv", "customer_id,event_date,event_type,value,note\n", &events,
				event_row, &counts->events, diag);
	return result < 0 ? -1 : synth_emit(synth, contacts, diag);
}

static void truth_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	const struct synth *synth = context;
	const struct place_in_file *where;
	int source = 0;

	(void)worker;
	for (; row >= synth->plan.count[source]; source++)
		row -= synth->plan.count[source];
	where = &synth->plan.records[synth->plan.order[source][row]];
	buf_add(out, slice_of(source_names[source]));
	buf_add_byte(out, ',');
	buf_add_u64(out, source_row(where));
	buf_add_byte(out, ',');
	buf_add_u64(out, (uint64_t)where->entity + 1);
	buf_add_byte(out, '\n');
}

/* Six decimals. */
static void add_real(struct buf *out, double value)
{
	uint64_t millionths = (uint64_t)(value * 1e6 + .5);

	buf_add_u64(out, millionths / 1000000);
	buf_add_byte(out, '.');
	emit_digits(out, millionths % 1000000, 6);
}

static void churn_row(void *context, size_t row, struct emit_worker *worker, struct buf *out)
{
	const struct synth *synth = context;
	struct history *h = &worker->history;

	entity_draw(&synth->world, (uint32_t)row, &worker->entity);
	history_draw(&synth->world, &worker->entity, h);
	if (!h->buys)
		return;
	buf_add_u64(out, row + 1);
	buf_add_byte(out, ',');
	emit_date(out, worker->entity.joined);
	buf_add_byte(out, ',');
	buf_add_u64(out, h->count);
	buf_add_byte(out, ',');
	add_real(out, h->lambda);
	buf_add_byte(out, ',');
	add_real(out, h->p);
	buf_add_byte(out, ',');
	if (h->left != CIVIL_NONE)
		emit_date(out, h->left);
	buf_add_byte(out, '\n');
}

int truth_write(struct synth *synth, struct diag *diag)
{
	struct emission truth = { .path = synth_path(synth, "truth.csv"), .head = SLICE("source,source_row,entity\n"),
				  .rows = synth->plan.total, .row = truth_row, .context = synth };
	struct emission churn = { .path = synth_path(synth, "truth_churn.csv"),
				  .head = SLICE("entity,first_order,orders,lambda,p,left_at\n"),
				  .rows = synth->world.customers, .row = churn_row, .context = synth };

	if (synth_emit(synth, churn, diag) < 0)
		return -1;
	return synth_emit(synth, truth, diag); /* last: with it everything is there */
}
