/** What a check found. */

/** Where something is wrong. */
export type Part = 'log' | 'snapshot file' | 'database' | 'history' | 'membership' | 'file';

export interface Finding {
  readonly part: Part;
  /** `damage`: data is lost or cannot be trusted. `warning`: odd, and harmless. */
  readonly severity: 'damage' | 'warning';
  readonly path: string;
  readonly problem: string;
}

export interface CheckReport {
  readonly path: string;
  readonly kind: string;
  /** What was looked at, and how much of it there was. */
  readonly facts: Readonly<Record<string, string | number>>;
  readonly findings: readonly Finding[];
  readonly advice: readonly string[];
}

/** A damaged file can be wrong in every byte: the rest would say nothing new. */
const MAX_FINDINGS = 100;

export class Findings {
  readonly all: Finding[] = [];
  readonly facts: Record<string, string | number> = {};
  private left = 0;

  add(severity: Finding['severity'], part: Part, path: string, problem: string): void {
    if (this.all.length < MAX_FINDINGS) this.all.push({ part, severity, path, problem });
    else this.left++;
  }

  hasDamage(...parts: Part[]): boolean {
    return this.all.some((f) => f.severity === 'damage' && (parts.length === 0 || parts.includes(f.part)));
  }

  report(path: string, kind: string, advice: readonly string[]): CheckReport {
    const facts = this.left > 0 ? { ...this.facts, 'findings left out': this.left } : this.facts;
    return { path, kind, facts, findings: this.all, advice };
  }
}
