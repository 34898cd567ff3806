using System.Runtime.CompilerServices;
using PhotoGuard.Records.Audit;
using PhotoGuard.Records.Staff;
using PhotoGuard.Records.Store;

namespace PhotoGuard.Records.NeedToKnow;

/// <summary>Some of those who may.</summary>
/// <param name="Roles">One of these; none listed: whatever their role.</param>
/// <param name="To">The relation they have to stand in.</param>
public sealed record Grant(IReadOnlyList<Role> Roles, Relation To)
{
    internal bool Fits(Actor by) => Roles.Count == 0 || by.IsAny([.. Roles]);
}

/// <summary>Who may not, although a grant says so.</summary>
/// <param name="Type">The problem they get.</param>
/// <param name="To">Whoever stands in this relation.</param>
public sealed record Except(string Type, int Status, string Sentence, Relation To);

/// <summary>
/// Something that may be done: a row of the table (<see cref="Rights"/>). Operations ask it after they have found the record, so that
/// what is not there for somebody is 404 before any 403 (contract, Status codes).
/// </summary>
/// <param name="Does">What it is, as an infinitive without "to".</param>
/// <param name="Sentence">What whoever may not is told with 403.</param>
/// <param name="Grants">Who may: any of them.</param>
public sealed record Right(string Does, string Sentence, IReadOnlyList<Grant> Grants, [CallerMemberName] string Name = "")
{
    /// <summary>Set where whoever may not is not told that it is there, 404: what there is none of.</summary>
    public string? HiddenAs { get; init; }

    public Except? Except { get; init; }

    /// <summary>Asked before it: who may not even that is told so.</summary>
    public Right? First { get; init; }

    /// <summary>Nobody does it to a picture that is held: to all of them that is not there.</summary>
    public bool NotWhileHeld { get; init; }

    /// <summary>Also a token made for one channel may; it may nothing else.</summary>
    public bool ChannelTokens { get; init; }

    /// <summary>Also the command line of the machine itself, and the night's work.</summary>
    public bool System { get; init; }

    /// <summary>What the operation asks besides, in words: it is about no role and no relation to the record.</summary>
    public string? Besides { get; init; }

    /// <summary>Whether somebody who stands in these relations may.</summary>
    public bool Allows(Actor by, Relation to = Relation.School) => IsGranted(by, to) && (Except is null || !to.HasFlag(Except.To));

    /// <exception cref="Refusal"><c>role-may-not</c> 403, or the exception's own type; <c>not-found</c> 404 where it is hidden.</exception>
    public void Must(Actor by, Relation to = Relation.School)
    {
        First?.Must(by, to);
        if (!IsGranted(by, to)) throw Refused();
        if (Except is { } but && to.HasFlag(but.To)) throw new Refusal(but.Type, but.Status, but.Sentence);
    }

    public Refusal Refused() => HiddenAs is null ? Refusals.RoleMayNot(Sentence) : Refusals.NotFound(HiddenAs);

    /// <summary>Whether that relation could make a difference for somebody, so that it has to be looked up.</summary>
    public bool Asks(Actor by, Relation relation) => Grants.Any(grant => grant.To == relation && grant.Fits(by));

    private bool IsGranted(Actor by, Relation to) => by.Kind == ActorKind.System
        ? System
        : (by.Channel is null || ChannelTokens) && Grants.Any(grant => grant.Fits(by) && to.HasFlag(grant.To));
}
