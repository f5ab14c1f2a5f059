import type { Log } from './log.ts';
import { beginsNote, endsNote, recreatedNote } from './noise/describe-noise.ts';
import type { TargetEvents } from './pipeline/commit-requests.ts';
import type { BranchMetrics } from './push/branch-state.ts';
import type { Repository } from './reconcile/repository.ts';
import type { RuleReconciler } from './reconcile/rule-reconciler.ts';
import type { Metrics } from './report/metrics.ts';

/** What becomes of the changes of one repository: counted, logged, and told in Events of the rules. */
export function targetEvents(
  metrics: Metrics,
  log: Log,
  reconciler: () => RuleReconciler | undefined,
  onProgress: () => void,
): TargetEvents {
  return {
    onCommitted(rules, { sha, request, attribution }) {
      for (const rule of rules) rule.commits++;
      metrics.eventProcessed({ outcome: 'Committed' });
      if (attribution?.kind === 'unknown')
        metrics.unattributed({ reason: attribution.reason ?? 'NoEvidence' });
      const [file] = request.files;
      log.info('Committed', {
        commit: sha,
        author: request.author.name,
        path: file?.path,
        files: request.files.length,
      });
      onProgress();
    },
    onUnchanged: () => metrics.eventProcessed({ outcome: 'Unchanged' }),
    onDropped(rules, paths) {
      for (const rule of rules) rule.dropped++;
      metrics.eventProcessed({ outcome: 'Dropped' });
      reconciler()?.warn(
        rules,
        'GitWins',
        `A change was dropped, the branch has a newer commit: ${paths.join(', ')}`,
      );
      onProgress();
    },
    onRefused(rules, path, reason) {
      metrics.eventProcessed({ outcome: 'Refused' });
      reconciler()?.warn(rules, 'FileNotRecognized', `${path} ${reason}`);
    },
    onNoise(rules, object) {
      const { identity, noise } = object;
      log.info('Changes are held back as noise', {
        ...identity,
        reason: noise.reason,
        writers: noise.writers,
      });
      const reason = noise.reason === 'Loop' ? 'LoopDetected' : 'ChangesCoalesced';
      reconciler()?.noted(rules, 'Warning', reason, (rule) => beginsNote(object, rule));
    },
    onQuiet(rules, object, changes) {
      log.info('Changes are not held back any more', { ...object.identity, coalesced: changes });
      const reason = object.noise.reason === 'Loop' ? 'LoopEnded' : 'Quiet';
      reconciler()?.noted(rules, 'Normal', reason, () => endsNote(object, changes));
    },
    onRecreated(rules, identity, recreation) {
      log.info('Two writers delete and create an object, again and again', { ...identity, ...recreation });
      reconciler()?.noted(rules, 'Warning', 'RecreatedInALoop', () => recreatedNote(identity, recreation));
    },
    onCoalesced(reason) {
      metrics.coalesced({ reason });
      metrics.eventProcessed({ outcome: 'Coalesced' });
    },
  };
}

/** What the branch of one repository does, counted. */
export function branchMetrics(
  metrics: Metrics,
  { namespace, name }: { readonly namespace: string; readonly name: string },
): BranchMetrics {
  metrics.repositoryKnown({ namespace, name });
  return {
    gitOperation: (operation, outcome) => metrics.gitOperation({ operation, outcome }),
    push: (outcome, durationMs) => metrics.pushed(durationMs / 1000, { outcome }),
    queueSize() {},
    dropped: () => metrics.dropped({ namespace, name }),
  };
}

/** How each repository does, for metrics. */
export function* repositoryStates(repositories: Iterable<Repository>) {
  for (const { config, isReady, lastPushTimeMs, pendingCommits } of repositories)
    yield { labels: config.metadata, isReady, lastPushTimeMs, pendingCommits };
}
