namespace PhotoGuard.Records.Consent;

/// <summary>The answers for one pupil and one channel, sorted by who gave them.</summary>
internal sealed class ConsentStandingPeople
{
    private readonly ConsentAnswer[] valid;
    private readonly ConsentAnswer[] noesInError;

    /// <param name="answers">Of one pupil and one channel, those recorded in error included.</param>
    public ConsentStandingPeople(IEnumerable<ConsentAnswer> answers)
    {
        var all = answers.ToArray();
        valid = [.. all.Where(answer => answer.Invalidation is null)];
        noesInError = [.. all.Where(answer => answer.IsNo && answer.Invalidation is not null)];
        Everyone = [.. all.GroupBy(PersonOf).Select(answered => new Person(answered.First().ByKind, [.. answered], this))];
    }

    public IReadOnlyList<Person> Everyone { get; }

    public IEnumerable<Person> Of(AnswererKind kind) => Everyone.Where(person => person.Kind == kind);

    /// <summary>
    /// Invalidating a no never revives a yes without a fresh <c>given</c>: the noes recorded in error that keep this yes from
    /// counting. A yes outlives its own person's no by being newer, or by being recorded after the invalidation. Somebody else's
    /// no stops every yes until that person, or a guardian after the invalidation, has answered afresh.
    /// </summary>
    public IEnumerable<ConsentAnswer> StoppersOf(ConsentAnswer given) =>
        noesInError.Where(no => PersonOf(no) == PersonOf(given) ? !IsFresh(given, no) : !IsAnsweredAfresh(no));

    private bool IsAnsweredAfresh(ConsentAnswer no) => valid.Any(answer => !answer.IsNo && (PersonOf(answer) == PersonOf(no)
        ? IsFresh(answer, no)
        : answer.ByKind == AnswererKind.Guardian && IsRecordedAfterInvalidation(answer, no)));

    private static bool IsFresh(ConsentAnswer given, ConsentAnswer no) =>
        given.AnsweredAt > no.AnsweredAt || IsRecordedAfterInvalidation(given, no);

    private static bool IsRecordedAfterInvalidation(ConsentAnswer given, ConsentAnswer no) =>
        given.RecordedAt > no.Invalidation!.InvalidatedAt;

    /// <summary>
    /// People are told apart by guardian id, else by kind and name, case and spaces folded. The same name with and without an id
    /// is two people: neither's yes can then undo the other's no. So is every answer whose name nobody can read any more.
    /// </summary>
    private static (AnswererKind, bool HasId, string) PersonOf(ConsentAnswer answer) => answer.GuardianId is { } id
        ? (answer.ByKind, true, id)
        : (answer.ByKind, false, answer.ByName.Text is { } name ? Folded(name) : answer.Id.ToString());

    private static string Folded(string name) =>
        string.Join(' ', name.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)).ToUpperInvariant();

    /// <summary>One person's answers.</summary>
    internal sealed class Person
    {
        private readonly ConsentAnswer[] all;

        public Person(AnswererKind kind, ConsentAnswer[] all, ConsentStandingPeople people)
        {
            this.all = all;
            Kind = kind;
            var valid = all.Where(answer => answer.Invalidation is null).ToArray();
            var lastNo = valid.Where(answer => answer.IsNo).Select(answer => (DateTimeOffset?)answer.AnsweredAt).Max();
            Givens = [.. valid.Where(answer => !answer.IsNo)];
            // Equal times: the most protective, so a given has to be newer than the last no.
            var after = Givens.Where(given => lastNo is null || given.AnsweredAt > lastNo).ToArray();
            SaysNo = lastNo is not null && after.Length == 0;
            Yes = after.Where(given => !people.StoppersOf(given).Any())
                .OrderByDescending(given => given.AnsweredAt)
                .ThenBy(given => given.ExpiresOn ?? DateOnly.MaxValue)
                .FirstOrDefault();
            IsStopped = after.Length > 0 && Yes is null;
        }

        public AnswererKind Kind { get; }

        /// <summary>
        /// What the person has replaced by a later answer, and since when. Not the last of all, nor the last yes and the last no that were
        /// not recorded in error: whichever of them counts now, the other would if it was.
        /// </summary>
        public IEnumerable<(ConsentAnswer Answer, DateTimeOffset Since)> Replaced()
        {
            var ordered = all.OrderBy(answer => answer.AnsweredAt).ThenBy(answer => answer.RecordedAt).ToArray();
            var valid = ordered.Where(answer => answer.Invalidation is null).ToArray();
            ConsentAnswer?[] kept = [ordered[^1], valid.LastOrDefault(answer => answer.IsNo), valid.LastOrDefault(answer => !answer.IsNo)];
            foreach (var answer in ordered.Except(kept.OfType<ConsentAnswer>()))
            {
                var later = valid.Where(other => other.AnsweredAt > answer.AnsweredAt).Select(other => (DateTimeOffset?)other.RecordedAt).Min();
                if (later is not { } replaced) continue;
                var mattered = answer.RecordedAt > replaced ? answer.RecordedAt : replaced;
                yield return (answer, answer.Invalidation?.InvalidatedAt is { } corrected && corrected > mattered ? corrected : mattered);
            }
        }

        /// <summary>Every given that was not recorded in error, newest or not.</summary>
        public IReadOnlyList<ConsentAnswer> Givens { get; }

        /// <summary>The latest answer is refused, withdrawn or objected. A no does not expire.</summary>
        public bool SaysNo { get; }

        /// <summary>The latest answer, where it is a given that counts; may have expired.</summary>
        public ConsentAnswer? Yes { get; }

        /// <summary>Said yes, and a no recorded in error keeps that from counting.</summary>
        public bool IsStopped { get; }

        /// <summary>The noes since the last given; empty unless <see cref="SaysNo"/>.</summary>
        public IEnumerable<ConsentAnswer> StandingNoes => SaysNo
            ? all.Where(no => no.IsNo && no.Invalidation is null && Givens.All(given => given.AnsweredAt <= no.AnsweredAt))
            : [];

        /// <summary>Since when the no rules: recorded, or the given that had replaced it was invalidated.</summary>
        public DateTimeOffset EffectiveAt(ConsentAnswer no) => all
            .Where(answer => !answer.IsNo && answer.Invalidation is not null && answer.AnsweredAt > no.AnsweredAt)
            .Select(given => given.Invalidation!.InvalidatedAt).Append(no.RecordedAt).Max();

        /// <summary>When givens of this person were found to be recorded in error.</summary>
        public IEnumerable<DateTimeOffset> GivensInvalidatedAt =>
            all.Where(answer => !answer.IsNo).Select(given => given.Invalidation?.InvalidatedAt).OfType<DateTimeOffset>();
    }
}
