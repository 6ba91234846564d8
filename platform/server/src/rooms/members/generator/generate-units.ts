import placeNames from '../data/place-names.json' with { type: 'json' };
import { PROVINCES } from '../provinces.ts';
import { upperUnits } from '../seed-reference-data.ts';
import { type Unit, unitBelow } from '../unit.ts';
import { createRandom, type Random } from './random.ts';

/** Members are drawn onto the tree of this seed, so that every generated register fits the demo's units. */
const DEMO_TREE_SEED = 2025;

const PEOPLE_A_DISTRICT_THOUSANDS = 260;
const BRANCHES = [
  'Thôn 1',
  'Thôn 2',
  'Thôn 3',
  'Tổ dân phố 1',
  'Tổ dân phố 4',
  'Trường THPT',
  'Trường THCS',
  'Công an xã',
  'Trạm Y tế',
  'Quân sự',
  'Cơ quan',
  'Doanh nghiệp trẻ',
];

const pad = (index: number) => String(index + 1).padStart(2, '0');

/** Names that do not repeat below one parent. */
function createNamer(random: Random): () => string {
  const used = new Set<string>();
  return () => {
    for (;;) {
      const name = `${random.pick(placeNames.firstParts)} ${random.pick(placeNames.secondParts)}`;
      const [first, second] = name.split(' ');
      if (first === second || used.has(name)) continue;
      used.add(name);
      return name;
    }
  };
}

function* below(province: Unit, people: number, random: Random): Generator<Unit> {
  const nameOf = createNamer(random);
  const districts = Math.max(2, Math.round(people / PEOPLE_A_DISTRICT_THOUSANDS));
  for (let d = 0; d < districts; d++) {
    const isTown = random.chance(0.3);
    const district = unitBelow(province, {
      code: `${province.code}.H${pad(d)}`,
      kind: 'district',
      name: `${isTown ? 'Thành đoàn' : 'Huyện đoàn'} ${nameOf()}`,
    });
    yield district;
    const communes = random.between(4, 8);
    for (let c = 0; c < communes; c++) {
      const place = nameOf();
      const commune = unitBelow(district, {
        code: `${district.code}.X${pad(c)}`,
        kind: 'commune',
        name: `Đoàn ${isTown ? 'phường' : 'xã'} ${place}`,
      });
      yield commune;
      const offset = random.between(0, BRANCHES.length - 1);
      const branches = random.between(3, 5);
      for (let b = 0; b < branches; b++) {
        const kind = BRANCHES[(offset + b) % BRANCHES.length] ?? '';
        yield unitBelow(commune, {
          code: `${commune.code}.C${pad(b)}`,
          kind: 'branch',
          name: `Chi đoàn ${kind} ${place}`,
        });
      }
    }
  }
}

/**
 * A whole unit tree, parents before children: about 14,000 units over all provinces, sized by their population. Generated
 * registers use the tree of the default seed.
 */
export function generateUnits({ seed = DEMO_TREE_SEED }: { seed?: number } = {}): Unit[] {
  const random = createRandom(seed);
  const people = new Map(PROVINCES.map(({ code, populationThousands }) => [code, populationThousands]));
  return upperUnits().flatMap((unit) =>
    unit.provinceCode === null ? [unit] : [unit, ...below(unit, people.get(unit.provinceCode) ?? 0, random)],
  );
}
