#include "cmd/report_words.h"

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

const char *const report_language_names[REPORT_LANGUAGES + 1] = {"en", "zh", NULL};

static const struct {
	const char *english, *chinese;
} words[] = {
	/* ---- the page ---- */
	{"Customer report", "客户分析报告"},
	{"Contents", "目录"},
	{"As of {1}.", "截至 {1}。"},
	{"Headline figures", "关键指标"},
	{"Segments", "客户分层"},
	{"Who comes back", "客户留存"},
	{"How long customers stay", "客户生存期"},
	{"What customers are worth", "客户终身价值"},
	{"Clusters", "聚类分群"},
	{"The data", "数据说明"},
	{"What the words mean", "术语说明"},

	/* ---- what was read ---- */
	{"{1} {1|row was|rows were} read, from {2} to {3}, and {4} used. The report speaks of {5}, "
	 "and nothing in it depends on the day it was made.",
		"共读取 {1} 行数据，日期范围为 {2} 至 {3}，其中采用 {4} 行。报告以 {5} "
		"为截止日，结果与生成报告的日期无关。"},
	{"Filtered out, as the options say: {1} {1|row|rows} ({2}).", "按选项过滤 {1} 行（{2}）。"},
	{"Rejected as they could not be read: {1} {1|row|rows} ({2}).",
		"因无法解析而剔除 {1} 行（{2}）。"},
	{"{1} {1|customer has|customers have} nothing but returns, and no place in what stands "
	 "above.",
		"另有 {1} 位客户只有退货记录，未计入以上各项。"},
	{"Files", "输入文件"},
	{"file", "文件"},
	{"as it was given", "命令行中给出的名称"},
	{"rows", "行数"},
	{"records in it, without the header", "记录数，不含表头"},
	{"bytes", "字节数"},
	{"its size, compressed where it is", "文件大小（压缩文件为压缩后大小）"},
	{"CRC-32", "校验码"},
	{"its checksum, to tell it again", "用于核对文件"},
	{"where", "不符合筛选条件"},
	{"before since", "早于起始日"},
	{"after until", "晚于结束日"},
	{"after as-of", "晚于截止日"},
	{"returns dropped", "忽略的退货"},
	{"acquired before since", "首购早于起始日"},
	{"row too short", "列数不足"},
	{"row too long", "列数过多"},
	{"stray quote", "引号位置错误"},
	{"invalid bytes", "编码错误"},
	{"date empty", "日期为空"},
	{"date of another shape", "日期格式不符"},
	{"no such day", "日期不存在"},
	{"no such time of day", "时刻不存在"},
	{"date outside the years 0001 to 9999", "年份超出 0001 至 9999"},
	{"amount empty", "金额为空"},
	{"amount a word for a missing number", "金额为缺失值标记"},
	{"amount in scientific notation", "金额为科学计数法"},
	{"amount with more than six decimals", "金额超过六位小数"},
	{"amount too large", "金额过大"},
	{"amount not grouped in thousands", "千分位分组错误"},
	{"amount with a decimal comma", "金额使用小数逗号"},
	{"amount with a decimal point", "金额使用小数点"},
	{"amount with a thousands separator", "金额含千分位分隔符"},
	{"amount with a currency sign", "金额含货币符号"},
	{"amount not a number", "金额不是数字"},
	{"product of amounts with more than six decimals", "金额乘积超过六位小数"},
	{"customer empty", "客户编号为空"},
	{"order empty", "订单号为空"},
	{"return", "退货"},
	{"customer row contradicts itself", "客户行自相矛盾"},
	{"cell not as expected", "单元格内容不符"},

	/* ---- headline figures ---- */
	{"figure", "指标"},
	{"value", "数值"},
	{"see the definitions on the page", "定义见报告页面"},
	{"shares are fractions of 1", "比例以小数表示"},
	{"customers", "客户数"},
	{"active in the last 90 days", "近 90 天活跃客户"},
	{"new in the last 90 days", "近 90 天新客户"},
	{"repeat rate", "复购率"},
	{"net revenue", "净收入"},
	{"average order", "平均订单金额"},
	{"revenue of the top tenth", "前 10% 客户收入占比"},
	{"Of {1} {1|customer|customers}, {2} ({3}) bought in the last {4} days, {5} of them for "
	 "the first time. "
	 "{6} of all customers have bought on more than one day.",
		"在 {1} 位客户中，{2} 位（{3}）在最近 {4} 天内有购买，其中 {5} "
		"位为首次购买。全部客户中有 {6} 在一天以上有过购买。"},
	{"They brought {1}, returns subtracted; an order is worth {2} on average before returns.",
		"扣除退货后净收入为 {1}，退货前平均订单金额为 {2}。"},
	{"The data go back {1} {1|day|days} only: who is active or new they cannot tell yet.",
		"数据仅覆盖 {1} 天，尚无法区分活跃客户与新客户。"},
	{"The tenth of the customers with the most revenue brought {1} of it.",
		"收入最高的 10% 客户贡献了净收入的 {1}。"},
	{"Revenue by month", "每月收入"},
	{"Revenue by year", "每年收入"},
	{"net revenue, currency", "净收入（货币）"},
	{"customers who had bought before", "老客户"},
	{"new customers", "新客户"},
	{"The last month goes up to {1} only.", "最后一个月的数据仅截至 {1}。"},
	{"The last year goes up to {1} only.", "最后一年的数据仅截至 {1}。"},

	/* ---- segments ---- */
	{"Each customer has a score from 1 to 5 for how lately, how often and for how much it "
	 "bought; the scores cut the customers into fifths, and equal values always have equal "
	 "scores.",
		"按最近一次购买时间（R）、购买频率（F）和购买金额（M）为每位客户打 1 至 5 "
		"分，各分数段约占客户的五分之一，数值相同的客户得分必定相同。"},
	{"There are too few customers to cut them into fifths.", "客户太少，无法按五分位打分。"},
	{"All customers have bought as lately and as often as each other: no segments tell them "
	 "apart.",
		"所有客户的最近购买时间和购买频率都相同，无法分层。"},
	{"Doubt: the data go back {1} {1|day|days} only, and the scores compare customers with"
	 " each other; who bought a little earlier may seem to be leaving.",
		"存疑：数据仅覆盖 {1} "
		"天，而得分是客户之间的比较，购买稍早的客户可能被视为即将流失。"},
	{"The largest segment is {1}, with {2} of the customers.",
		"人数最多的是“{1}”，占客户的 {2}。"},
	{"The most revenue comes from {1}: {2} of it.", "收入贡献最大的是“{1}”，占净收入的 {2}。"},
	{"Champions", "重要价值客户"},
	{"Loyal Customers", "忠诚客户"},
	{"Potential Loyalists", "潜在忠诚客户"},
	{"New Customers", "新客户"},
	{"Promising", "有潜力客户"},
	{"Need Attention", "需要关注客户"},
	{"About To Sleep", "即将沉睡客户"},
	{"Can't Lose Them", "不能流失的客户"},
	{"At Risk", "有流失风险客户"},
	{"Hibernating", "沉睡客户"},
	{"Lost", "已流失客户"},
	{"Thank them, show them what is new first, ask them to recommend you.",
		"致谢并优先推荐新品，邀请他们转介绍。"},
	{"Offer more of what they buy; a programme for members pays here.",
		"推荐同类商品，适合纳入会员计划。"},
	{"A second and third purchase makes the habit: follow up early.",
		"第二、三次购买养成习惯，应尽早跟进。"},
	{"Make the start easy and remind them within the first weeks.",
		"做好首购体验，并在最初几周内提醒。"},
	{"They came lately but rarely: give a reason for the next visit.",
		"近期来过但次数少，给他们一个再次光顾的理由。"},
	{"Their interest is fading: an offer with an end date brings some back.",
		"兴趣正在减退，限时优惠可以挽回一部分。"},
	{"Reach them now, with what they bought before; it gets harder later.",
		"现在就以其买过的商品联系，越晚越难。"},
	{"They used to buy most: a personal call is worth its price.",
		"曾经购买最多，值得专人联系。"},
	{"They bought often and stopped: ask why, and win them back.",
		"曾经常购买而后停止，应了解原因并挽回。"},
	{"Cheap reminders only, such as a newsletter at a season's start.",
		"只做低成本提醒，如换季时的邮件。"},
	{"Spend nothing here before the others are served.", "在服务好其他客户之前，不必投入。"},
	{"segment", "分层"},
	{"by the scores of recency, frequency and monetary value", "按 R、F、M 三项得分划分"},
	{"how many are in it", "其中的客户数"},
	{"share, %", "占比（%）"},
	{"of all customers", "占全部客户"},
	{"days since", "距今天数"},
	{"the last purchase, median", "距最近一次购买的天数，中位数"},
	{"orders", "订单数"},
	{"mean of a customer", "每位客户平均"},
	{"revenue each", "人均收入"},
	{"mean of a customer, returns subtracted", "每位客户平均，已扣除退货"},
	{"revenue, %", "收入占比（%）"},
	{"share of all net revenue", "占全部净收入"},
	{"What to do", "建议措施"},
	{"what to do", "建议措施"},
	{"a suggestion", "参考建议"},
	{"Segments: share of customers and of revenue", "各分层的客户占比与收入占比"},
	{"% of all customers", "占全部客户（%）"},
	{"% of all customers, % of all net revenue", "占全部客户（%），占全部净收入（%）"},
	{"revenue", "收入"},
	{"Customers by recency and frequency", "按 R 与 F 得分的客户数"},
	{"Revenue by recency and frequency", "按 R 与 F 得分的收入"},
	{"R is the recency score: 5 bought last. F is the frequency score: 5 bought most often.",
		"R 为最近购买得分，5 分为最近购买；F 为购买频率得分，5 分为购买最频繁。"},

	/* ---- retention ---- */
	{"Customers who first bought in the same month are a cohort, and a rate is the share of "
	 "them with a purchase in a later month.",
		"同一个月首次购买的客户为一个同期群，留存率是其中在之后某个月有购买的客户比例。"},
	{"After a month {1} bought.", "第 1 个月的留存率为 {1}。"},
	{"After {1} months {2} bought.", "第 {1} 个月的留存率为 {2}。"},
	{"Months that as-of cuts are left out; in the first month of the data old customers look "
	 "new.",
		"未完整的月份不计入；数据首月中的老客户会被视为新客户。"},
	{"In {1}, {2} {2|customer|customers} bought: {3} for the first time, {4} who had bought in "
	 "the month "
	 "before too, and {5} who came back after a pause; {6} of the month before stayed away.",
		"{1} 有 {2} 位客户购买：其中 {3} 位为首次购买，{4} 位上个月也有购买，{5} "
		"位为间隔后回归；上个月的客户中有 {6} 位未再购买。"},
	{"The data hold fewer than two complete months: nothing can be said of who comes back.",
		"数据不足两个完整月份，无法分析留存。"},
	{"All cohorts together", "全部同期群"},
	{"month", "月份"},
	{"after that of the first purchase", "首购之后的第几个月"},
	{"whose month is over", "该月已完整的客户"},
	{"active", "活跃客户"},
	{"of them, with a purchase in the month", "其中当月有购买的客户"},
	{"rate, %", "留存率（%）"},
	{"their share", "所占比例"},
	{"low, %", "下限（%）"},
	{"its interval, 95% by Wilson's score", "95% 置信区间（威尔逊法）"},
	{"high, %", "上限（%）"},
	{"the upper end", "区间上限"},
	{"Retention by cohort", "各同期群留存率"},
	{"months after that of the first purchase", "首购之后的月数"},
	{"cohort (customers)", "同期群（客户数）"},
	{"rate: active of the eligible, %", "留存率（%）"},
	{"all ({1})", "全部 ({1})"},
	{"Retention curves", "留存曲线"},
	{"The band is the interval of the rate.", "色带为置信区间。"},
	{"all cohorts", "全部同期群"},
	{"each cohort", "各同期群"},
	{"The last {1} of {2} cohorts, the first {3} of {4} periods.",
		"仅显示 {2} 个同期群中的最后 {1} 个，{4} 个时期中的前 {3} 个。"},

	/* ---- survival ---- */
	{"A customer counts as lost {1} days after the last purchase. The curve (Kaplan and Meier) "
	 "takes into account that of many customers the end is not known yet.",
		"最后一次购买后满 {1} "
		"天未再购买的客户视为流失。生存曲线（卡普兰—迈耶法）考虑了许多客户的结局尚未可知"
		"。"},
	{"Half of the customers are lost {1} {1|day|days} after their first purchase.",
		"半数客户在首次购买后 {1} 天内流失。"},
	{"Fewer than half of the customers are known to be lost, so that the median is not known "
	 "yet.",
		"已知流失的客户不足一半，因此中位生存时间尚未可知。"},
	{"After a year {1} are still customers.", "一年后仍有 {1} 的客户未流失。"},
	{"No customer is lost by this rule yet: the data are too short.",
		"按此规则尚无客户流失，数据时间太短。"},
	{"Still customers", "未流失客户比例"},
	{"days", "天数"},
	{"after the first purchase", "首次购买之后"},
	{"still customers, %", "未流失（%）"},
	{"not lost up to then", "到该日为止未流失的比例"},
	{"its interval, 95%", "95% 置信区间"},
	{"Survival: share not yet lost", "生存曲线：未流失客户比例"},
	{"share not lost up to the time, %", "未流失比例（%）"},
	{"days after the first purchase", "首次购买后的天数"},
	{"at risk", "在险人数"},
	{"all customers", "全部客户"},
	{"Kaplan-Meier; the band is the interval.", "卡普兰—迈耶估计，色带为置信区间。"},

	/* ---- value ---- */
	{"Of the models of purchase and drop-out, {1} fits these customers best (BIC {2}; the next "
	 "is {3} with {4}).",
		"在各购买与流失模型中，{1} 对这些客户拟合最好（BIC {2}，其次为 {3}，{4}）。"},
	{"Of the {1} customers, {2} are expected to be still customers. In the next 52 weeks they "
	 "are expected to order {3} {3|time|times}.",
		"在 {1} 位客户中，预计仍有 {2} 位未流失，今后 52 周预计下单 {3} 次。"},
	{"Those orders are worth {1}; discounted by 10% a year, {2}. The tenth of the customers "
	 "with the highest value holds {3} of it.",
		"这些订单价值 {1}，按年 10% 贴现后为 {2}，价值最高的 10% 客户占其中的 {3}。"},
	{"Nothing in the fit itself gives cause for doubt. How well such a forecast would have "
	 "done shows a holdout: patron ltv --holdout-from.",
		"拟合本身没有可疑之处。预测效果可用留出期检验：patron ltv --holdout-from。"},
	{"Doubt: no drop-out is visible in these data, so that every customer counts as still one.",
		"存疑：数据中看不出流失，因此所有客户均被视为未流失。"},
	{"Doubt: customers do not seem to differ in how they drop out, which is rarely so.",
		"存疑：客户之间的流失倾向似乎没有差异，这很少见。"},
	{"Doubt: by the fit some customers leave at the first chance and the others never.",
		"存疑：按拟合结果，一部分客户立即流失，其余客户永不流失。"},
	{"Doubt: customers do not seem to differ in how often they order.",
		"存疑：客户之间的购买频率似乎没有差异。"},
	{"Doubt: how often and for how much customers buy go together (correlation {1}), which the "
	 "model of spend takes as independent.",
		"存疑：购买次数与金额相关（相关系数 {1}），而金额模型假定二者独立。"},
	{"Doubt: spend differs so much between customers that its mean is not finite; customers "
	 "without repeat purchases get the mean of the others.",
		"存疑：客户之间的金额差异过大，均值不存在；没有复购的客户采用其他客户的均值。"},
	{"Doubt: values are gross of returns, which take back {1} of revenue.",
		"存疑：价值未扣除退货，退货占收入的 {1}。"},
	{"There is no number here: {1} {1|customer|customers} bought on a second day, and a fit "
	 "needs {2}.",
		"此处没有数值：有复购的客户为 {1} 位，而拟合至少需要 {2} 位。"},
	{"There is no number here: no model of purchase, drop-out and spend could be fitted to "
	 "these customers.",
		"此处没有数值：购买、流失与金额模型无法拟合这些客户。"},
	{"There is no value in money: too few customers have repeat purchases above 0, or what "
	 "they spend fits no model. What is left are orders.",
		"没有金额价值：复购金额大于 0 "
		"的客户太少，或其金额无法拟合模型。以下仅为订单预测。"},
	{"Value by tenths of customers", "按十分位的客户价值"},
	{"tenth", "十分位"},
	{"of the customers, the most valuable first", "按价值从高到低"},
	{"still customers", "未流失客户"},
	{"so many of them, as expected", "预计未流失的客户数"},
	{"expected of them in the next 52 weeks", "今后 52 周预计"},
	{"expected of these orders", "这些订单的预计收入"},
	{"the same, discounted by 10% a year", "按年 10% 贴现"},
	{"Customer lifetime value", "客户终身价值分布"},
	{"clv, currency", "终身价值（货币）"},
	{"{1} customers beyond the right end are not drawn; the highest clv is {2}.",
		"另有 {1} 位客户超出右端未画出，最高终身价值为 {2}。"},
	{"1 customer beyond the right end is not drawn; the highest clv is {1}.",
		"另有 1 位客户超出右端未画出，最高终身价值为 {1}。"},
	{"Who is still a customer", "未流失概率"},
	{"weeks since the last", "距最近一次购买的周数"},
	{"repeat purchases", "复购次数"},
	{"mean P(alive) of the customers in the cell, %", "格内客户的平均未流失概率（%）"},

	/* ---- clusters ---- */
	{"By {1}, each in standard deviations, {2} clusters are suggested: by {3} of five "
	 "criteria, "
	 "silhouette {4}.",
		"按{1}（均以标准差为单位）聚类，建议分为 {2} 群：五项准则中有 {3} "
		"项支持，轮廓系数为 {4}。"},
	{"recency, orders and revenue", "最近购买天数、订单数和收入"},
	{"recency and orders", "最近购买天数和订单数"},
	{"recency and revenue", "最近购买天数和收入"},
	{"orders and revenue", "订单数和收入"},
	{"Customers differ in one figure only, which needs no clusters.",
		"客户之间只有一项指标不同，无需聚类。"},
	{"Doubt: the weakest of them is found again in other samples only to {1}; below 75% a "
	 "cluster is hardly one.",
		"存疑：其中最弱的一群在重抽样中只能重现 {1}；低于 75% 很难算作一个群。"},
	{"There are too few different customers to look for clusters.",
		"不同的客户太少，无法聚类。"},
	{"cluster", "群"},
	{"the largest is 1", "最大的群为 1"},
	{"days since, mean", "距今天数均值"},
	{"the last purchase", "距最近一次购买"},
	{"orders, mean", "订单数均值"},
	{"of a customer", "每位客户"},
	{"revenue, mean", "收入均值"},
	{"of a customer, returns subtracted", "每位客户，已扣除退货"},
	{"days since, median", "距今天数中位数"},
	{"orders, median", "订单数中位数"},
	{"revenue, median", "收入中位数"},
	{"How many clusters", "分群数选择"},
	{"clusters", "群数"},
	{"their number, k", "即 k"},
	{"silhouette", "轮廓系数"},
	{"how well customers fit their cluster: -1 to 1", "客户与所在群的契合程度：-1 至 1"},
	{"gap", "间隔统计量"},
	{"how much tighter they are than customers without clusters", "比无群结构的数据紧密多少"},
	{"stability", "稳定性"},
	{"how much of the weakest cluster is found again: 0 to 1",
		"最弱的群在重抽样中重现的程度：0 至 1"},
	{"criteria for it", "支持的准则数"},
	{"of five: how many suggest this number", "五项准则中支持该群数的项数"},

	/* ---- definitions ---- */
	{"customer", "客户"},
	{"someone with at least one purchase in the data", "数据中至少有一次购买的人"},
	{"purchase", "购买"},
	{"a row with an amount of 0 or more; a negative amount is a return, which lowers revenue "
	 "and is never a purchase",
		"金额大于或等于 0 的一行；负金额为退货，会减少收入，但不算购买"},
	{"order", "订单"},
	{"a distinct order id of a customer; without order ids, each row",
		"客户的一个不同的订单号；没有订单号时每行为一个订单"},
	{"as of", "截止日"},
	{"the day the page speaks of: the last one in the data, or as asked",
		"报告所述的日期：数据的最后一天，或选项指定的日期"},
	{"with a purchase in the last 90 days", "最近 90 天内有购买"},
	{"share of customers with purchases on more than one day", "在一天以上有购买的客户比例"},
	{"purchases less returns", "购买金额减去退货"},
	{"revenue before returns over orders", "退货前收入除以订单数"},
	{"top tenth", "前 10% 客户"},
	{"the tenth of the customers with the highest net revenue", "净收入最高的十分之一客户"},
	{"cohort", "同期群"},
	{"customers who first bought in the same month", "首次购买在同一个月的客户"},
	{"retention rate", "留存率"},
	{"share of a cohort with a purchase in a later month; intervals are Wilson's",
		"同期群中在之后某月有购买的比例；置信区间采用威尔逊法"},
	{"survival", "生存率"},
	{"share not lost after a time; lost is who does not buy for 90 days; a customer who "
	 "returned later counts as never lost",
		"到某时未流失的比例；90 天未购买视为流失；之后又回来的客户视为从未流失"},
	{"customer lifetime value", "客户终身价值"},
	{"expected revenue of the next 52 weeks, discounted by 10% a year",
		"今后 52 周的预计收入，按年 10% 贴现"},
	{"how much nearer a customer is to its own cluster than to the next: -1 to 1",
		"客户离本群比离最近的他群近多少：-1 至 1"},
};
enum { N_WORDS = sizeof(words) / sizeof(*words) };

const char *report_words_in(enum report_language language, const char *english)
{
	for (size_t i = 0; language == REPORT_CHINESE && i < N_WORDS; i++)
		if (strcmp(words[i].english, english) == 0)
			return words[i].chinese;
	return english;
}

enum { MOST_VALUES = 9 };

/* "{1}" */
static bool is_place(const char *at)
{
	return at[0] == '{' && at[1] >= '1' && at[1] <= '9' && at[2] == '}';
}

static size_t length_of_words(const char *pattern)
{
	size_t length = 0;
	while (pattern[length] != '\0' && !is_place(pattern + length))
		length++;
	return length;
}

/* Whether the line is the pattern with values in its places; then also these. */
static bool matches(const char *pattern, const char *line, struct text values[MOST_VALUES])
{
	size_t length = length_of_words(pattern);
	if (strncmp(line, pattern, length) != 0)
		return false;
	pattern += length;
	line += length;
	while (*pattern != '\0') {
		struct text *value = &values[pattern[1] - '1'];
		pattern += 3;
		length = length_of_words(pattern);
		bool is_last = pattern[length] == '\0';
		const char *end = line;
		while (*end != '\0' &&
			(strncmp(end, pattern, length) != 0 || (is_last && end[length] != '\0')))
			end++;
		if (strncmp(end, pattern, length) != 0)
			return false;
		*value = (struct text){line, (size_t)(end - line)};
		line = end + length;
		pattern += length;
	}
	return *line == '\0';
}

void report_words_of_line(enum report_language language, const char *english, struct buffer *line)
{
	struct text values[MOST_VALUES] = {{0}};
	size_t i = 0;
	while (i < N_WORDS && !matches(words[i].english, english, values))
		i++;
	if (language == REPORT_ENGLISH || i == N_WORDS) {
		buffer_string(line, english);
		return;
	}
	for (const char *at = words[i].chinese; *at != '\0'; at += is_place(at) ? 3 : 1)
		if (is_place(at))
			buffer_text(line, values[at[1] - '1']);
		else
			buffer_byte(line, *at);
}
