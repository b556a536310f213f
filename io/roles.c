#include "io/roles.h"

#include <assert.h>
#include <string.h>

/* Lowercase, without blanks, '_', '-' and '.'; several to a line, by blanks. */
static const char *const known_names[N_ROLES] = {
	[ROLE_CUSTOMER] =
		"customer customerid customernumber customerno customernr customercode custid"
		" custno client clientid clientno user userid member memberid membershipid buyer"
		" buyerid shopper shopperid patron patronid accountid visitorid"
		" 客户 客户id 客户编号 客户号 客户编码 客户代码 顾客 顾客id 顾客编号 顾客号"
		" 用户 用户id 用户编号 用户号 会员 会员id 会员编号 会员号 会员卡号 买家 买家id "
		"买家会员名"
		" 客戶 客戶id 客戶編號 客戶號 客戶代碼 顧客 顧客id 顧客編號 顧客號"
		" 用戶 用戶id 用戶編號"
		" 會員 會員id 會員編號 會員號 會員卡號 買家 買家id",
	[ROLE_DATE] =
		"date orderdate orderdatetime ordertime orderedat ordertimestamp invoicedate"
		" purchasedate purchasetime purchasedat transactiondate transactiontime"
		" transactiondatetime txdate trandate transdate saledate salesdate datetime"
		" timestamp"
		" createdat createddate paymentdate paidat bookingdate receiptdate visitdate day"
		" 日期 时间 订单日期 订单时间 下单日期 下单时间 购买日期 购买时间 交易日期 交易时间"
		" 消费日期 消费时间 付款日期 付款时间 支付时间 支付日期 成交日期 成交时间 销售日期"
		" 创建时间"
		" 時間 訂單日期 訂單時間 下單日期 下單時間 購買日期 購買時間 交易時間 消費日期"
		" 消費時間 付款時間 銷售日期 建立時間",
	[ROLE_AMOUNT] =
		"amount total revenue sales amt totalamount amounttotal orderamount orderamt"
		" ordertotal ordervalue totalprice totalsales totalvalue salesamount saleamount"
		" linetotal lineamount linerevenue netamount netsales netrevenue grossamount"
		" grosssales amountpaid paidamount paymentvalue paymentamount transactionamount"
		" transactionvalue purchaseamount spend spent turnover"
		" 金额 总金额 总价 总额 订单金额 订单总额 订单总价 消费金额 交易金额 支付金额"
		" 实付金额 付款金额 成交金额 销售额 销售金额 购买金额 实收金额 应付金额"
		" 金額 總金額 總價 總額 訂單金額 訂單總額 消費金額 實付金額 付款金額 成交金額"
		" 銷售額 銷售金額 購買金額 實收金額",
	[ROLE_ORDER] =
		"order orderid orderno ordernumber ordernr ordercode invoice invoiceid invoiceno"
		" invoicenumber transaction transactionid transactionno txid basketid receipt"
		" receiptid receiptno receiptnumber ticketid ticketno"
		" 订单 订单id 订单号 订单编号 交易号 交易编号 交易id 流水号 发票号 小票号 单号 "
		"单据号"
		" 訂單 訂單id 訂單號 訂單編號 交易號 交易編號 流水號 發票號 單號",
	[ROLE_PRODUCT] =
		"product productid productname productcode sku skuid item itemid itemname"
		" itemcode stockcode article articleid"
		" 商品 商品id 商品编号 商品名称 商品编码 产品 产品id 产品编号 产品名称 货号 品名"
		" 商品編號 商品名稱 商品編碼 產品 產品編號 產品名稱 貨號",
};

const char *role_name(enum role role)
{
	static const char *const names[] = {"customer", "date", "amount", "order", "product"};
	assert(role < N_ROLES);
	return names[role];
}

enum { NAME_SIZE = 64 };

/* The name as known_names has it; length 0 when it is too long to be one. */
static struct text plain_name(struct text name, char room[NAME_SIZE])
{
	size_t length = 0;
	for (size_t i = 0; i < name.length; i++) {
		char c = name.at[i];
		if (c == ' ' || c == '_' || c == '-' || c == '.' || c == '\t')
			continue;
		if (length == NAME_SIZE)
			return (struct text){room, 0};
		room[length++] = c >= 'A' && c <= 'Z' ? (char)(c - 'A' + 'a') : c;
	}
	return (struct text){room, length};
}

/* Names hold no blank, and so cannot match across two words. */
static bool is_listed(struct text name, const char *list)
{
	const char *at = list, *end = list + strlen(list);
	while ((at = memmem(at, (size_t)(end - at), name.at, name.length)) != NULL) {
		const char *after = at + name.length;
		if ((at == list || at[-1] == ' ') && (after == end || *after == ' '))
			return true;
		at++;
	}
	return false;
}

enum role role_of_name(struct text name)
{
	char room[NAME_SIZE];
	struct text plain = plain_name(name, room);
	for (enum role role = 0; role < N_ROLES; role++)
		if (plain.length > 0 && is_listed(plain, known_names[role]))
			return role;
	return N_ROLES;
}

void columns_list(const struct text *names, size_t n_names, struct buffer *words)
{
	enum { MOST = 40 };
	for (size_t i = 0; i < n_names && i < MOST; i++) {
		char room[TEXT_EXCERPT_SIZE];
		buffer_format(words, "%s%s", i > 0 ? ", " : "", text_excerpt(names[i], room));
	}
	if (n_names > MOST)
		buffer_format(words, " and %zu more", n_names - MOST);
}

/* "FILE: WHAT (columns: a, b, c)", WHAT being what is in the buffer. */
static bool refuse(const struct text *names, size_t n_names, const char *file, struct buffer *what,
	const char *cure, struct error *err)
{
	buffer_string(what, " (columns: ");
	columns_list(names, n_names, what);
	buffer_format(what, "%s)", cure);
	error_set(err, ERROR_DATA, "%s: %.*s", file, (int)what->length, what->bytes);
	buffer_release(what);
	return false;
}

static bool is_number(struct text text, size_t *number)
{
	*number = 0;
	for (size_t i = 0; i < text.length; i++) {
		if (text.at[i] < '0' || text.at[i] > '9' || *number > 100 * 1000 * 1000)
			return false;
		*number = *number * 10 + (size_t)(text.at[i] - '0');
	}
	return text.length > 0;
}

static bool appears_twice(const struct text *names, size_t n_names, const char *file,
	struct text wanted, size_t first, size_t second, struct error *err)
{
	char room[TEXT_EXCERPT_SIZE];
	struct buffer what = {0};
	buffer_format(&what, "column '%s' appears twice, as number %zu and %zu",
		text_excerpt(wanted, room), first + 1, second + 1);
	return refuse(names, n_names, file, &what, "; name it by its number", err);
}

typedef bool equality(struct text a, struct text b);

/* The only column that equals wanted; *column stays NO_COLUMN when there is none. */
static bool find_only(const struct text *names, size_t n_names, const char *file,
	struct text wanted, equality *equal, int *column, struct error *err)
{
	*column = NO_COLUMN;
	for (size_t i = 0; i < n_names; i++) {
		if (!equal(names[i], wanted))
			continue;
		if (*column != NO_COLUMN)
			return appears_twice(names, n_names, file, wanted, (size_t)*column, i, err);
		*column = (int)i;
	}
	return true;
}

bool column_find(const struct text *names, size_t n_names, const char *file, struct text wanted,
	int *column, struct error *err)
{
	size_t number;
	if (!find_only(names, n_names, file, wanted, text_equal, column, err))
		return false;
	if (*column == NO_COLUMN &&
		!find_only(names, n_names, file, wanted, text_equal_ignoring_case, column, err))
		return false;
	if (*column == NO_COLUMN && is_number(wanted, &number) && number >= 1 && number <= n_names)
		*column = (int)number - 1;
	if (*column != NO_COLUMN)
		return true;

	char room[TEXT_EXCERPT_SIZE];
	struct buffer what = {0};
	buffer_format(&what, "no column '%s'", text_excerpt(wanted, room));
	int nearest = text_nearest(wanted, names, n_names);
	if (nearest >= 0)
		buffer_format(&what, "; nearest is '%s'", text_excerpt(names[nearest], room));
	return refuse(names, n_names, file, &what, "", err);
}

/* 'Quantity*UnitPrice', unless a column has that very name. */
static bool find_product(const struct text *names, size_t n_names, const char *file,
	struct text wanted, struct role_columns *columns, struct error *err)
{
	const char *star = memchr(wanted.at, '*', wanted.length);
	int whole = NO_COLUMN;
	if (star != NULL && !find_only(names, n_names, file, wanted, text_equal, &whole, err))
		return false;
	if (star == NULL || whole != NO_COLUMN)
		return column_find(names, n_names, file, wanted, &columns->of[ROLE_AMOUNT], err);
	size_t before = (size_t)(star - wanted.at);
	struct text left = text_trim((struct text){wanted.at, before});
	struct text right = text_trim((struct text){star + 1, wanted.length - before - 1});
	return column_find(names, n_names, file, left, &columns->of[ROLE_AMOUNT], err) &&
	       column_find(names, n_names, file, right, &columns->amount_factor, err);
}

/* A quantity and a price have no amount between them until somebody multiplies them. */
static void suggest_product(const struct text *names, size_t n_names, struct buffer *cure)
{
	const struct text *quantity = NULL, *price = NULL;
	for (size_t i = 0; i < n_names; i++) {
		char room[NAME_SIZE];
		struct text plain = plain_name(names[i], room);
		if (plain.length > 0 && is_listed(plain, "quantity qty units 数量 數量"))
			quantity = &names[i];
		if (plain.length > 0 && is_listed(plain, "price unitprice 单价 單價 价格 價格"))
			price = &names[i];
	}
	if (quantity != NULL && price != NULL)
		buffer_format(cure, "; --amount '%.*s*%.*s' multiplies two", (int)quantity->length,
			quantity->at, (int)price->length, price->at);
}

static void two_candidates(const struct text *names, size_t first, size_t second, enum role role,
	struct buffer *what, struct buffer *cure)
{
	char a[TEXT_EXCERPT_SIZE], b[TEXT_EXCERPT_SIZE];
	if (text_equal(names[first], names[second])) {
		buffer_format(what, "column '%s' appears twice", text_excerpt(names[first], a));
		buffer_format(cure, "; choose by number, --%s %zu or --%s %zu", role_name(role),
			first + 1, role_name(role), second + 1);
		return;
	}
	buffer_format(what, "both '%s' and '%s' could be the %s", text_excerpt(names[first], a),
		text_excerpt(names[second], b), role_name(role));
	buffer_format(cure, "; choose with --%s", role_name(role));
}

/* Names that hold what divides them elsewhere were not cut as they should have been. */
static void suggest_delimiter(const struct text *names, size_t n_names, struct buffer *cure)
{
	static const char others[] = ";\t|~^", excel[] = "sep=";
	if (names[0].length >= strlen(excel) && memcmp(names[0].at, excel, strlen(excel)) == 0) {
		buffer_string(cure, "; a first line that only names the delimiter is for Excel:"
				    " take it out, as tail -n +2 does");
		return;
	}
	for (size_t i = 0; i < n_names; i++)
		for (const char *other = others; *other != '\0'; other++)
			if (memchr(names[i].at, *other, names[i].length) != NULL) {
				buffer_format(cure, "; is '%s' between them? use --delimiter '%s'",
					*other == '\t' ? "tab" : (char[]){*other, '\0'},
					*other == '\t' ? "tab" : (char[]){*other, '\0'});
				return;
			}
}

static bool find_known(const struct text *names, size_t n_names, const char *file, enum role role,
	enum role_need need, int *column, struct error *err)
{
	struct buffer what = {0}, cure = {0};
	*column = NO_COLUMN;
	for (size_t i = 0; i < n_names; i++) {
		if (role_of_name(names[i]) != role)
			continue;
		if (*column != NO_COLUMN) {
			two_candidates(names, (size_t)*column, i, role, &what, &cure);
			break;
		}
		*column = (int)i;
	}
	bool missing = *column == NO_COLUMN && need == ROLE_NEEDED;
	if (missing) {
		buffer_format(&what, "no column is known as the %s", role_name(role));
		suggest_delimiter(names, n_names, &cure);
		if (role == ROLE_AMOUNT)
			suggest_product(names, n_names, &cure);
		buffer_format(&cure, "; name it with --%s", role_name(role));
		if (role == ROLE_AMOUNT)
			buffer_string(&cure, ", or say --amount none");
	}
	bool good = what.length == 0;
	if (!good) {
		buffer_byte(&cure, '\0');
		refuse(names, n_names, file, &what, cure.bytes, err);
	}
	buffer_release(&cure);
	return good;
}

bool roles_find(const struct text *names, size_t n_names, const char *file,
	const struct role_wish wishes[N_ROLES], struct role_columns *columns, struct error *err)
{
	columns->amount_factor = NO_COLUMN;
	for (enum role role = 0; role < N_ROLES; role++) {
		const struct role_wish *wish = &wishes[role];
		int *column = &columns->of[role];
		*column = NO_COLUMN;
		bool good = true;
		if (wish->need == ROLE_UNUSED && wish->column == NULL)
			continue;
		if (wish->column == NULL)
			good = find_known(names, n_names, file, role, wish->need, column, err);
		else if (role == ROLE_AMOUNT)
			good = find_product(
				names, n_names, file, text_of(wish->column), columns, err);
		else
			good = column_find(
				names, n_names, file, text_of(wish->column), column, err);
		if (!good)
			return false;
	}
	return true;
}
