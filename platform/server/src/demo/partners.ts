/** Partners of the case; registration data is made up, no tax code is anyone's. */
export interface DemoPartner {
  readonly slug: string;
  readonly name: string;
  readonly legalName: string;
  readonly taxId: string;
  readonly contactEmail: string;
}

const partner = (index: number, rest: Omit<DemoPartner, 'taxId' | 'contactEmail'>): DemoPartner => ({
  ...rest,
  taxId: `990000000${index}`,
  contactEmail: `doitac@${rest.slug}.example.vn`,
});

export const DEMO_PARTNERS: readonly DemoPartner[] = [
  partner(1, { slug: 'vnpt-money', name: 'VNPT Money', legalName: 'Trung tâm Dịch vụ tài chính số VNPT (dữ liệu mẫu)' }),
  partner(2, { slug: 'vinaphone', name: 'VinaPhone', legalName: 'Tổng công ty Dịch vụ Viễn thông (dữ liệu mẫu)' }),
  partner(3, { slug: 'mytv', name: 'MyTV', legalName: 'Tổng công ty Truyền thông (dữ liệu mẫu)' }),
  partner(4, { slug: 'vnpt-home', name: 'VNPT Home', legalName: 'Trung tâm Kinh doanh Băng rộng gia đình VNPT (dữ liệu mẫu)' }),
];
