/** Development defaults that the start announces and production refuses. */
export const DEMO_PASSWORDS = { member: 'demo-member-2026', partner: 'demo-partner-2026', admin: 'demo-admin-2026' } as const;

export interface DemoMember {
  readonly username: string;
  readonly memberCode: string;
  readonly fullName: string;
  readonly birthDate: string;
  readonly provinceCode: string;
  readonly unitCode: string;
  readonly role: 'member' | 'officer' | 'secretary';
  readonly verified: boolean;
}

const person = (
  username: string,
  fullName: string,
  rest: Partial<DemoMember> & Pick<DemoMember, 'provinceCode' | 'birthDate'>,
): DemoMember => ({
  username,
  fullName,
  memberCode: `DEMO-${username.replace('.', '-').toUpperCase()}`,
  unitCode: `T${rest.provinceCode}`,
  role: 'member',
  verified: true,
  ...rest,
});

/** Members a person can sign in as: two provinces, an officer, and one who is not verified, so that every refusal can be seen. */
export const DEMO_MEMBERS: readonly DemoMember[] = [
  person('an.hanoi', 'Nguyễn Bảo An', { provinceCode: '01', birthDate: '2003-04-18' }),
  person('binh.hcm', 'Trần Quốc Bình', { provinceCode: '79', birthDate: '2001-09-02' }),
  person('chi.danang', 'Lê Thị Kim Chi', { provinceCode: '48', birthDate: '1998-12-21', role: 'officer' }),
  person('dung.cantho', 'Phạm Tiến Dũng', { provinceCode: '92', birthDate: '2006-02-11', verified: false }),
];

/** The demo members as rows of a register file. */
export function demoRegister(): string {
  const header = 'member_code,full_name,birth_date,gender,phone,email,unit_code,province_code,role,verified,joined_on';
  const rows = DEMO_MEMBERS.map((member, index) =>
    [
      member.memberCode,
      member.fullName,
      member.birthDate,
      '',
      `091234567${index}`,
      `${member.username}@example.vn`,
      member.unitCode,
      member.provinceCode,
      member.role,
      member.verified,
      '2019-03-26',
    ].join(','),
  );
  return `${[header, ...rows].join('\n')}\n`;
}
