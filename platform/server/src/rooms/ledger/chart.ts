/** The chart of accounts. `1xxx` and `5xxx` grow by debit, the others by credit; `9xxx` count units, never money. */
export const CHART = {
  1200: { vi: 'Phải thu đối tác', en: 'Receivable from partner' },
  2100: { vi: 'Phải trả đối tác, chờ kỳ', en: 'Payable to partner, pending' },
  2110: { vi: 'Phải trả đối tác, khả dụng', en: 'Payable to partner, available' },
  2210: { vi: 'Hoàn tiền cho đoàn viên, chờ điều kiện', en: 'Cashback pending' },
  2300: { vi: 'Thuế GTGT đầu ra', en: 'Output VAT' },
  4110: { vi: 'Phí trên mỗi lượt nhận', en: 'Per-redemption fee' },
  5140: { vi: 'Chi hoàn tiền do nền tảng tài trợ', en: 'Cashback funded by the platform' },
  9000: { vi: 'Lượt chưa phát (ghi nhớ)', en: 'Units in stock (memo)' },
  9100: { vi: 'Lượt đang giữ (ghi nhớ)', en: 'Units held (memo)' },
  9200: { vi: 'Lượt đã nhận (ghi nhớ)', en: 'Units redeemed (memo)' },
} as const;

export type AccountCode = keyof typeof CHART;

export function accountName(code: number): { vi: string; en: string } {
  const known: Readonly<Record<number, { vi: string; en: string }>> = CHART;
  return known[code] ?? { vi: `Tài khoản ${code}`, en: `Account ${code}` };
}
